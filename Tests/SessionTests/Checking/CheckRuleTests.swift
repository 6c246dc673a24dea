import Components
import Engine
import Foundation
import Script
import Testing

@testable import Session

/// What each rule finds, in the example's config with one thing changed.
@Suite struct CheckRuleTests {
  private func report(_ mmar: SmallMMAR, _ sets: [String]) throws -> CheckReport {
    let small = [
      "DATA_ROOT=\(mmar.root)/data", "DATASET_JSON=\(mmar.list)", "epochs=40",
      "train.pre_transforms[4].spatial_size=[16,16,16]", "validate.inferer.roi_size=[16,16,16]",
    ]
    return try EtudeSession.check(
      CheckOptions(path: mmar.root + "/config/config_train.json", sets: small + sets),
      output: QuietSink(), cancellation: Cancellation())
  }

  private func findings(_ code: String, _ sets: String...) throws -> [Finding] {
    try report(SmallMMAR(), sets).findings.filter { $0.code.name == code }
  }

  private func only(_ code: String, _ sets: String...) throws -> Finding {
    let found = try report(SmallMMAR(), sets).findings
    let fitting = found.filter { $0.code.name == code }
    return try #require(
      fitting.first, "\(code) among \(found.map { "\($0.code.name): \($0.fault.message)" })")
  }

  @Test func theExampleHasNoErrors() throws {
    let report = try report(SmallMMAR(), [])
    #expect(report.errorCount == 0, "\(report.text(width: 100, hasColor: false))")
    #expect(report.findings.contains { $0.code.name == "accuracy-background" })
    #expect(
      report.findings.contains { $0.fault.message.hasPrefix("2 cases in batches of 2: 1 step") })
  }

  @Test func everythingIsSaidAtOnce() throws {
    let report = try report(
      SmallMMAR(),
      [
        "train.loss.softmaxx=true", "train.dataloader.batch_size=many",
        "train.optimizer.lr={learning_rat}", "train.model.name=UNett",
      ])
    #expect(report.errorCount >= 4)
    let suggestions = report.findings.compactMap(\.fault.suggestion)
    #expect(suggestions.contains("softmax") && suggestions.contains("learning_rate"))
    #expect(report.findings.errors.allSatisfy { $0.place != nil && $0.path != nil })
  }

  @Test func objectsOfAnotherFamilyAreRefused() throws {
    let finding = try only("wrong-type", "train.lr_scheduler.optimizer=@model")
    #expect(finding.fault.wanted == "optimizer")
    #expect(finding.fault.path == "train.lr_scheduler.args.optimizer")
  }

  @Test func misspeltMethodsOfTheNetworkAreFound() throws {
    let finding = try only("unknown-name", "train.optimizer.params=#@model.parametrs()")
    #expect(finding.fault.suggestion == "parameters")
  }

  @Test func codeOfOnesOwnIsSaidSo() throws {
    let finding = try only(
      "own-code", #"train.loss={"path": "my_loss.MyDiceLoss", "args": {"x": 1}}"#)
    #expect(finding.fault.message.contains("my_loss.MyDiceLoss"))
    #expect(finding.severity == .error)
  }

  @Test func elementsUnderAnotherNameAreFound() throws {
    let finding = try only("wrong-element", #"train.loss={"name": "SimpleInferer"}"#)
    #expect(finding.fault.suggestion == "inferer")
  }

  @Test func elementsThatNothingUsesAreFound() throws {
    let finding = try only("unused-element", "train.handlers[1].disabled=true")
    #expect(finding.fault.message == "nothing uses train.lr_scheduler")
  }

  @Test func aMissingDataListIsNamed() throws {
    let finding = try only("data-list", "DATASET_JSON=/nowhere/dataset.json")
    #expect(finding.fault.message.contains("/nowhere/dataset.json"))
    #expect(finding.fault.path?.hasSuffix("dataset.data_list_file_path") == true)
  }

  @Test func aWrongKeyOfTheDataListIsPutRight() throws {
    let finding = try only("data-list", "VAL_DATALIST_KEY=validaton")
    #expect(finding.fault.suggestion == "validation")
    #expect(finding.fault.path == "validate.dataset.data_list_key")
  }

  @Test func trainingOnTheValidationIsAWarning() throws {
    let finding = try only("data-leak", "VAL_DATALIST_KEY=training")
    #expect(finding.severity == .warning)
  }

  @Test func aCropLargerThanAnImageNamesTheTransform() throws {
    let finding = try only("pipeline", "train.pre_transforms[4].spatial_size=[16,16,64]")
    #expect(finding.fault.path == "train.pre_transforms.#5.args.spatial_size")
    #expect(finding.fault.notes.contains { $0.contains("/imagesTr/spleen_0") })
  }

  @Test func sizesThatCannotBeHalvedBlameWhoDecidesThem() throws {
    let crop = try only("network-shape", "train.pre_transforms[4].spatial_size=[16,20,16]")
    #expect(crop.fault.message.contains("20 not divisible by 16; pad to 32"))
    #expect(crop.fault.path == "train.pre_transforms.#5.args.spatial_size")
    let window = try only("network-shape", "validate.inferer.roi_size=[16,24,16]")
    #expect(window.fault.path == "validate.inferer.args.roi_size")
    #expect(window.fault.remedy == "validate.inferer.roi_size = [16, 32, 16]")
  }

  /// How large the crop to the foreground leaves an image, only its voxels tell.
  @Test func cropsAfterACropToTheForegroundAreFoundFromVoxels() throws {
    let finding = try only("pipeline", "train.pre_transforms[4].spatial_size=[16,32,16]")
    #expect(finding.fault.message == "the random crop is larger than the image")
  }

  @Test func channelsAreCompared() throws {
    let finding = try only("channels", "INPUT_CHANNELS=2")
    #expect(finding.fault.path == "train.model.args.in_channels")
  }

  @Test func theLossIsHeldAgainstTheNetwork() throws {
    let finding = try only("loss-shape", "train.loss.to_onehot_y=false")
    #expect(finding.fault.path == "train.loss.args.to_onehot_y")
    #expect(try only("loss-activation", "train.loss.softmax=false").severity == .warning)
  }

  @Test func oneHotClassesAreHeldAgainstTheNetwork() throws {
    let finding = try only("class-count", "OUTPUT_CHANNELS=3")
    #expect(finding.severity == .error)
    #expect(finding.fault.path == "train.post_transforms.#2.args.to_onehot")
  }

  @Test func metricsAreHeldAgainstThePostTransforms() throws {
    let wrong = "\"#monai.handlers.from_engine(['prd', 'label'])\""
    let finding = try only("metric-input", "validate.key_metric.output_transform=\(wrong)")
    #expect(finding.fault.suggestion == "pred")
    let dice = try only(
      "dice-argmax", "OUTPUT_CHANNELS=3", "train.post_transforms[1].to_onehot=null")
    #expect(dice.severity == .warning)
    #expect(
      try findings("dice-background", "validate.key_metric.include_background=true").count == 1)
  }

  @Test func labelsWithoutAClassNameTheirCases() throws {
    let mmar = try SmallMMAR()
    let path = mmar.root + "/data/labelsTr/spleen_01.nii.gz"
    let label = try ImageFile.read(path)
    try NIfTI.write(
      Tensor(label.tensor.elements(of: Float.self).map { $0 * 3 }, shape: label.tensor.shape),
      affine: label.metadata.affine, to: path)
    let finding = try #require(
      report(mmar, []).findings.first { $0.code.name == "label-values" })
    #expect(finding.fault.got == "3" && finding.fault.wanted == "0 to 1")
    #expect(finding.fault.notes == ["3 in \(path)"])
  }

  @Test func theOrderOfHandlersIsLookedAt() throws {
    let finding = try only(
      "handler-order",
      #"train.handlers[2]={"name": "StatsHandler", "args": {"tag_name": "train_loss"}}"#)
    #expect(finding.fault.message.hasPrefix("CheckpointSaver stands after StatsHandler"))
    let metric = try only("no-key-metric", "validate.evaluator.key_val_metric=null")
    #expect(metric.fault.path == "validate.handlers.#3.args.save_key_metric")
  }

  @Test func whatNeverHappensIsSaid() throws {
    let finding = try only("never-happens", "num_interval_per_valid=50")
    #expect(finding.fault.message == "the first validation comes at epoch 50, after the last")
  }

  @Test func filesThatAreMissingOrReplacedAreNamed() throws {
    let mmar = try SmallMMAR()
    let missing = try #require(
      report(mmar, ["dont_load_ckpt_model=false"]).findings.first { $0.code.name == "missing-file" }
    )
    #expect(missing.fault.path == "train.handlers.#1.args.load_path")
    try mmar.write("", to: "blocked")
    let blocked = try #require(
      report(mmar, ["MMAR_CKPT_DIR=blocked"]).findings.first { $0.code.name == "no-folder" })
    #expect(blocked.fault.message.contains("is a file"))
  }

  @Test func unsetVariablesAreOneNoteWithoutAnEnvironment() throws {
    let mmar = try SmallMMAR()
    try FileManager.default.moveItem(
      atPath: mmar.root + "/config", toPath: mmar.root + "/elsewhere")
    try FileManager.default.removeItem(atPath: mmar.root + "/elsewhere/environment.json")
    let report = try EtudeSession.check(
      CheckOptions(path: mmar.root + "/elsewhere/config_train.json"), output: QuietSink(),
      cancellation: Cancellation())
    #expect(report.errorCount == 0, "\(report.text(width: 100, hasColor: false))")
    let notes = report.findings.filter { $0.code.name == "unset-variables" }
    #expect(notes.count == 1 && notes[0].severity == .note)
    #expect(notes[0].fault.message.contains("DATASET_JSON"))
  }

  @Test func anMMARHasAllItsConfigsChecked() throws {
    let mmar = try SmallMMAR()
    let report = try EtudeSession.check(
      CheckOptions(path: mmar.root), output: QuietSink(), cancellation: Cancellation())
    let files = Set(report.findings.compactMap(\.fault.place?.source))
    #expect(files.contains { $0.hasSuffix("config_validation.json") })
    #expect(files.contains { $0.hasSuffix("config_inference.json") })
  }

  @Test func severalMistakesOfTheTextAreAllReported() throws {
    let mmar = try SmallMMAR()
    try mmar.write(
      "{\n \"epochs\": 010,\n \"amp\": True,\n \"train\": {\"loss\": {\"name\": \"DiceLoss\",}}\n}\n",
      to: "config/config_train.json")
    let report = try report(mmar, [])
    #expect(report.findings.errors.compactMap(\.place?.line) == [2, 3, 4])
    #expect(report.findings.allSatisfy { $0.code.name == "syntax" })
  }

  @Test func checkingASessionBuildsNothing() throws {
    let mmar = try SmallMMAR()
    let session = EtudeSession(output: QuietSink())
    try session.load(
      mmar.root, sets: ["DATA_ROOT=\(mmar.root)/data", "DATASET_JSON=\(mmar.list)"])
    _ = try session.check()
    #expect(session.bindings.nodes.allSatisfy { session.workbench.built($0) == nil })
  }

  @Test func codesAreLastingNames() {
    let names = CheckRules.codes.map(\.name)
    #expect(Set(names).count == names.count && names == names.sorted())
    for name in names { #expect(name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(name)") }
  }

  @Test func oneObjectALine() throws {
    let report = try report(SmallMMAR(), ["train.loss.softmaxx=true"])
    let lines = report.jsonLines.split(separator: "\n")
    #expect(lines.count == report.findings.count)
    for line in lines {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(
        Set(object.keys) == [
          "severity", "code", "file", "line", "column", "path", "message", "got", "wanted",
          "suggestion",
        ])
    }
  }
}
