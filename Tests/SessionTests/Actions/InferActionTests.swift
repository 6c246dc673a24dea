import Components
import Engine
import Foundation
import Testing

@testable import Session

/// `infer(…)`: a prediction and its file.
@Suite struct InferActionTests {
  private func file(_ dialogue: Dialogue, _ name: String = "spleen_02") -> String {
    dialogue.mmar.root + "/data/imagesTr/\(name).nii.gz"
  }

  /// The seed's config crops to the foreground and has no Invertd: the file is on the grid all the same.
  @Test func thePredictionLiesOnTheGridOfTheFile() throws {
    let dialogue = try Dialogue()
    try dialogue.type("train(1)")
    let output = dialogue.mmar.root + "/out/pred.nii.gz"
    let value = try dialogue.value("infer(\"\(file(dialogue))\", output=\"\(output)\")")
    guard case .object(let object) = value, let prediction = object as? TensorObject else {
      Issue.record("infer gave \(value)")
      return
    }
    #expect(prediction.tensor.shape.first == 2, "one-hot, as the post transforms leave it")
    let (mask, image) = (try ImageFile.read(output), try ImageFile.readHeader(file(dialogue)))
    #expect(mask.tensor.shape == image.shape)
    #expect(mask.metadata.affine == image.metadata.affine)
    let classes = Set(mask.tensor.doubles())
    #expect(classes.isSubset(of: [0, 1]), "a map of labels: \(classes)")
  }

  /// What is written is what the pipeline predicts: the same voxels, put back where they were cut out.
  @Test func theVoxelsAreThoseOfThePrediction() throws {
    let dialogue = try Dialogue()
    try dialogue.type("train(1)")
    let output = dialogue.mmar.root + "/pred.nii.gz"
    try dialogue.type("p = infer(\"\(file(dialogue))\", output=\"\(output)\")")
    let inside = try dialogue.numbers("p[1].sum().item()")
    #expect(try ImageFile.read(output).tensor.doubles().reduce(0, +) == inside[0])
  }

  @Test func anImageIsNotOverwrittenByItsPrediction() throws {
    let dialogue = try Dialogue()
    try dialogue.type("train(1)")
    let image = file(dialogue)
    let before = try Data(contentsOf: URL(fileURLWithPath: image))
    let link = dialogue.mmar.root + "/link.nii.gz"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: image)
    for output in [image, link] {
      let fault = #expect(throws: Fault.self) {
        try dialogue.type("infer(\"\(image)\", output=\"\(output)\")")
      }
      #expect(fault?.argument == ["output"])
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: image)) == before)
  }

  @Test func aSampleAndATensorGiveWhatTheFileGives() throws {
    let dialogue = try Dialogue()
    try dialogue.type("train(1)")
    try dialogue.type("a = infer(\"\(file(dialogue))\")")
    try dialogue.type("b = infer(@validate.dataset[0])")
    try dialogue.type("c = infer(@validate.dataset[0][\"image\"])")
    try dialogue.type("d = infer(@validate.dataset[0][\"image\"][None])")
    for other in ["b", "c", "d[0]"] {
      #expect(try dialogue.numbers("(a - \(other)).abs().sum().item()") == [0], "\(other)")
    }
  }

  /// Neither the validation's data nor its label are needed, and nothing but `output` is written.
  @Test func oneFileIsEnough() throws {
    let dialogue = try Dialogue("DATASET_JSON=/nowhere/dataset.json")
    let before = dialogue.files(in: "")
    try dialogue.type("p = infer(\"\(file(dialogue))\")")
    #expect(dialogue.files(in: "") == before)
  }

  @Test func withInvertdThePredictionItselfIsOnTheGrid() throws {
    let dialogue = try Dialogue()
    try dialogue.type(
      """
      train(1)
      validate.post_transforms = [Activationsd(keys="pred", softmax=True), \
      Invertd(keys="pred", transform=@validate.pre_transforms, orig_keys="image", \
      meta_keys="pred_meta_dict", nearest_interp=False), AsDiscreted(keys="pred", argmax=True)]
      """)
    let output = dialogue.mmar.root + "/pred.nii.gz"
    let shape = try dialogue.value("infer(\"\(file(dialogue))\", output=\"\(output)\").shape")
    #expect(shape == .tuple([.int(1), .int(32), .int(32), .int(32)]))
    #expect(try ImageFile.readHeader(output).shape == [32, 32, 32])
  }

  @Test func mistakesAreSaid() throws {
    let dialogue = try Dialogue()
    func fault(_ call: String) throws -> Fault {
      try #require(throws: Fault.self) { try dialogue.type(call) }
    }
    #expect(try fault("infer(\"/nowhere.nii.gz\")").message.contains("/nowhere.nii.gz"))
    #expect(
      try fault("infer(\"\(file(dialogue))\", output=\"a.png\")").wanted?.contains(".nii") == true)
    #expect(try fault("infer(3)").wanted == "path, sample or tensor")
    let empty = try Dialogue(loads: false, sharing: dialogue.mmar)
    let missing = try #require(throws: Fault.self) { try empty.type("infer(\"a.nii.gz\")") }
    #expect(missing.remedy == "load(\"examples/spleen\")")
  }
}
