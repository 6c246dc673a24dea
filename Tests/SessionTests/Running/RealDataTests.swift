import Components
import Engine
import Foundation
import Testing

@testable import Session

/// What the commands make of data as people have it: what works, and what is said when it cannot.
@Suite struct RealDataTests {
  /// Everything that is said to be wrong.
  private func faults(_ body: () throws -> Void) throws -> [Fault] {
    do { try body() } catch let list as FaultList { return list.faults } catch let fault as Fault {
      return [fault]
    }
    return []
  }

  @Test func aTrainedModelIsEvaluated() throws {
    let mmar = try SmallMMAR()
    let training = try mmar.train()
    #expect(training.text.contains("spleen 0."), "classes go by their names in the data list")
    let names = try mmar.names(in: "models")
    #expect(["model.pt", "final_model.pt"].allSatisfy(names.contains))
    try mmar.evaluate(nil, "dont_load_ts_model=True", "dont_load_ckpt_model=False")
    #expect(
      try mmar.names(in: "eval") == [
        "metrics.csv", "spleen_02", "val_mean_dice_raw.csv", "val_mean_dice_summary.csv",
      ])
    let mask = try ImageFile.read(mmar.root + "/eval/spleen_02/spleen_02_trans.nii.gz")
    let image = try ImageFile.readHeader(mmar.root + "/data/imagesTr/spleen_02.nii.gz")
    #expect(mask.tensor.shape == image.shape)
    #expect(mask.metadata.affine.isClose(to: image.metadata.affine))
  }

  /// As the public validation configs of 4.1: Invertd puts the prediction back on the label's grid.
  @Test func onlyTheImageIsResampled() throws {
    let mmar = try SmallMMAR()
    try mmar.train()
    let path = mmar.root + "/config/config_validation.json"
    let config = try String(contentsOfFile: path, encoding: .utf8)
    let crop = try #require(config.range(of: "\"name\": \"CropForegroundd\""))
    let start = try #require(config[..<crop.lowerBound].lastIndex(of: "{"))
    let spacing = """
      {"name": "Spacingd", "args": {"keys": "image", "pixdim": [2.0, 2.0, 2.0], "mode": "bilinear"}},
      """
    let changed = config[..<start] + spacing + config[start...]
    try mmar.write(String(changed), to: "config/config_spacing.json")
    let screen = try mmar.evaluate(
      "config/config_spacing.json", "dont_load_ts_model=True", "dont_load_ckpt_model=False")
    #expect(screen.text.contains("val_mean_dice"))
  }

  @Test func anArchiveOfTorchScriptSaysWhatToSet() throws {
    let mmar = try SmallMMAR()
    try mmar.write("", to: "model.pt")
    let fault = try #require(throws: Fault.self) {
      try mmar.evaluate(nil, "MMAR_TORCHSCRIPT=model.ts")
    }
    let remedy = try #require(fault.remedy)
    #expect(
      remedy.hasPrefix("--set dont_load_ts_model=True dont_load_ckpt_model=False MMAR_CKPT=/"))
    #expect(remedy.hasSuffix("/model.pt"))
    #expect(fault.place?.source.hasSuffix("config_validation.json") == true)
  }

  @Test func aListWithoutValidationNamesTheLineThatDividesIt() throws {
    let mmar = try SmallMMAR()
    try mmar.write(
      #"{"training": ["imagesTr/spleen_00.nii.gz", "imagesTr/spleen_01.nii.gz"], "test": []}"#,
      to: "data/dataset.json")
    let both = try faults { try mmar.train("VAL_DATALIST_KEY=validation") }
    #expect(both.contains { $0.message.contains("has no 'label'") })
    try mmar.write(
      """
      {"training": [
        {"image": "imagesTr/spleen_00.nii.gz", "label": "labelsTr/spleen_00.nii.gz"},
        {"image": "imagesTr/spleen_01.nii.gz", "label": "labelsTr/spleen_01.nii.gz"}], "test": []}
      """, to: "data/dataset.json")
    let missing = try #require(faults { try mmar.train() }.first)
    #expect(missing.got == "the lists training, test")
    #expect(missing.remedy == "etude dataset split \(mmar.list) --val 0.2")
  }

  @Test func allMissingFilesAreListedAtOnce() throws {
    let mmar = try SmallMMAR()
    let all = try faults { try mmar.train("DATA_ROOT=\(mmar.root)/elsewhere") }
    #expect(all.count == 2, "the list to train with and the one to validate with")
    let fault = try #require(all.first)
    #expect(fault.message.hasPrefix("4 of the 4 files"))
    #expect(fault.notes.count == 4)
    #expect(fault.got?.contains("elsewhere/imagesTr") == true)
  }

  @Test func aDamagedFileIsNamed() throws {
    let mmar = try SmallMMAR()
    let path = mmar.root + "/data/imagesTr/spleen_01.nii.gz"
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    let fault = try #require(throws: Fault.self) { try mmar.train() }
    #expect(fault.message.contains("spleen_01.nii.gz") && fault.message.contains("damaged"))
  }

  /// Found before the first epoch, not after it.
  @Test func windowsOfTheValidationAreCheckedBeforeTraining() throws {
    let mmar = try SmallMMAR()
    let fault = try #require(throws: Fault.self) {
      try mmar.train("validate.inferer.roi_size=[15,15,15]")
    }
    #expect(fault.message.contains("15 not divisible by 2; pad to 16"))
    #expect(fault.place != nil && fault.path == "validate.inferer.args.roi_size")
    #expect(!FileManager.default.fileExists(atPath: mmar.root + "/models/final_model.pt"))
  }

  @Test func aCropLargerThanAnImageIsFoundBeforeTraining() throws {
    let mmar = try SmallMMAR()
    let fault = try #require(throws: Fault.self) {
      try mmar.train("train.pre_transforms[4].spatial_size=[16,16,64]")
    }
    #expect(fault.message.contains("the random crop is larger than the image"))
    #expect(fault.notes.contains { $0.hasPrefix("case 1 of 2") })
    #expect(fault.place?.source == "--set")
    #expect(fault.path == "train.pre_transforms.#5.args.spatial_size")
    #expect(!FileManager.default.fileExists(atPath: mmar.root + "/models/final_model.pt"))
  }

  @Test func channelsOfTheImageAndTheNetworkAreCompared() throws {
    let fault = try #require(throws: Fault.self) { try SmallMMAR().train("INPUT_CHANNELS=2") }
    #expect(fault.remedy == "--set train.model.in_channels=1")
    #expect(fault.path == "train.model.args.in_channels")
  }

  @Test func valuesThatAreNoNumbersNameTheirFile() throws {
    let mmar = try SmallMMAR()
    let path = mmar.root + "/data/imagesTr/spleen_00.nii.gz"
    let image = try ImageFile.read(path)
    let values = image.tensor.elements(of: Float.self).map { $0 > 60 ? Float.nan : $0 }
    try NIfTI.write(
      Tensor(values, shape: image.tensor.shape), affine: image.metadata.affine, to: path)
    let label = mmar.root + "/data/labelsTr/spleen_00.nii.gz"
    let fault = try #require(throws: Fault.self) { try mmar.train() }
    #expect(fault.message.contains("not numbers"))
    #expect(fault.notes.contains("in \(path)") && !fault.notes.contains { $0.contains(label) })
  }

  @Test func labelsWithoutAChannelNameTheirFiles() throws {
    let mmar = try SmallMMAR()
    for name in ["spleen_00", "spleen_01"] {
      let path = mmar.root + "/data/labelsTr/\(name).nii.gz"
      let label = try ImageFile.read(path)
      try NIfTI.write(
        Tensor(label.tensor.elements(of: Float.self).map { $0 * 3 }, shape: label.tensor.shape),
        affine: label.metadata.affine, to: path)
    }
    let fault = try #require(throws: Fault.self) { try mmar.train() }
    #expect(fault.got == "3" && fault.wanted == "0 to 1")
    #expect(fault.remedy?.contains("out_channels=4") == true)
    #expect(fault.notes.contains { $0.contains("spleen_00.nii.gz") })
  }

  @Test func aFolderThatIsNotThereIsSaidSo() throws {
    let fault = try #require(throws: Fault.self) {
      try EtudeSession.train(
        TrainOptions(workflow: WorkflowOptions(mmar: "/tmp/no-such-mmar")), output: Screen(),
        cancellation: Cancellation())
    }
    #expect(fault.message == "there is no MMAR folder '/tmp/no-such-mmar'")
  }
}
