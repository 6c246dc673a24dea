import Components
import Engine
import Foundation
import Script
import Testing

@testable import Session

/// `synthesize`, `datalist`, `export`, and a training from typed lines alone.
@Suite struct DataActionTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("etude-data-\(UUID().uuidString)").path

  @Test func severalOrgansAreMade() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover harms no test
    let dialogue = try Dialogue(loads: false)
    let call = "synthesize(\"\(folder)\", n=2, shape=(48, 48, 48), labels=3)"
    #expect(try dialogue.type(call) == folder.quoted)
    let label = try ImageFile.read(folder + "/labelsTr/spleen_00.nii.gz").tensor.doubles()
    #expect(Set(label) == [0, 1, 2, 3])
    let list = try String(contentsOfFile: folder + "/dataset.json", encoding: .utf8)
    #expect(list.contains("right_kidney") && !list.contains("left_kidney"))
    try dialogue.type(call)
    #expect(dialogue.notes.last?.hasSuffix("is there already") == true)
    let fault = try #require(throws: Fault.self) {
      try dialogue.type("synthesize(\"\(folder)\", n=3, shape=(48, 48, 48), labels=3)")
    }
    #expect(fault.message.hasSuffix("holds another data set, which stays as it is"))
    #expect(throws: Fault.self) { try dialogue.type("synthesize(\"x\", labels=9)") }
  }

  @Test func aListIsDivided() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover harms no test
    let dialogue = try Dialogue(loads: false)
    try dialogue.type("synthesize(\"\(folder)\", n=6, val=1, shape=(8, 8, 8))")
    func names(_ arguments: String) throws -> Set<String> {
      guard case .list(let items) = try dialogue.value("datalist(\"\(folder)\"\(arguments))") else {
        return []
      }
      return Set(
        items.compactMap { item in
          guard case .dict(let entries) = item, case .string(let path)? = entries["image"] else {
            return nil
          }
          return PathName.stem(of: path)
        })
    }
    let all = try names("")
    #expect(all.count == 5)
    #expect(try names(", \"validation\"").count == 1)
    let (train, val) = (
      try names(", val_fraction=0.4"), try names(", \"validation\", val_fraction=0.4")
    )
    #expect(val.count == 2 && train.union(val) == all && train.isDisjoint(with: val))
    #expect(try names(", val_fraction=0.4, seed=3") != train)
    // The folds of a cross-validation are disjoint and together everything.
    let folds = try (0..<5).map { try names(", \"validation\", val_fraction=0.2, fold=\($0)") }
    #expect(folds.allSatisfy { $0.count == 1 })
    #expect(folds.reduce(into: Set()) { $0.formUnion($1) } == all)
    #expect(throws: Fault.self) { try names(", val_fraction=0.2, fold=5") }
    #expect(throws: Fault.self) { try names(", val_fraction=1.5") }
    #expect(throws: Fault.self) { try names(", \"test\", val_fraction=0.5") }
    let fault = try #require(throws: Fault.self) { try names(", fold=1") }
    #expect(fault.got == "no item has a fold" && fault.remedy?.contains("fold=1") == true)
  }

  @Test func weightsAreExported() throws {
    let dialogue = try Dialogue()
    let file = dialogue.mmar.root + "/model.safetensors"
    try dialogue.type("export(\"\(file)\")")
    let saved = try SafeTensors.read(file)
    let network = try #require(
      {
        if case .object(let object) = try dialogue.value("@model") {
          object as? any Network
        } else {
          nil
        }
      }())
    for parameter in network.parameters {
      #expect(saved[parameter.name]?.doubles() == parameter.value.doubles(), "\(parameter.name)")
    }
    try dialogue.type("export(\"\(file)\")")
    #expect(
      dialogue.notes.contains {
        $0.hasSuffix("it is \(dialogue.mmar.root)/model.1.safetensors now")
      })
    let fault = try #require(throws: Fault.self) { try dialogue.type("export(\"model.ts\")") }
    #expect(fault.kind == .unsupported && fault.remedy == "export('model.safetensors')")
    #expect(throws: Fault.self) { try dialogue.type("export(\"model.onnx\")") }
  }

  /// Four parts are typed; the loader and the trainer make themselves, and are there to be changed.
  @Test func fourPartsAreEnoughForATraining() throws {
    let mmar = try SmallMMAR()
    let dialogue = try Dialogue(loads: false, sharing: mmar)
    func fault() throws -> Fault {
      try #require(throws: Fault.self) { try dialogue.type("train(1)") }
    }
    #expect(try fault().message == "training needs model, loss, optimizer, dataset")
    try dialogue.type(
      """
      model = UNet(spatial_dims=3, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])
      loss = DiceLoss(to_onehot_y=True, softmax=True)
      """)
    #expect(try fault().message == "training needs optimizer, dataset")
    // The line that is shown is the line to type.
    try dialogue.type(try #require(try fault().remedy))
    try dialogue.type(
      """
      pre_transforms = [LoadImaged(keys=["image", "label"]), \
      EnsureChannelFirstd(keys=["image", "label"]), ToTensord(keys=["image", "label"])]
      """)
    let line = try #require(try fault().remedy)
    try dialogue.type(line.replacing("dataset.json", with: mmar.list))
    let goal = try #require(throws: Fault.self) { try dialogue.type("train()") }
    #expect(goal.remedy == "train(epochs=10)")
    try dialogue.type("r = train(2)")
    #expect(try dialogue.numbers("r.iterations") == [4])
    #expect(
      dialogue.notes.filter { $0.hasPrefix("made ") } == [
        "made dataloader = DataLoader(dataset=@dataset, batch_size=1, shuffle=True)",
        "made trainer = SupervisedTrainer(max_epochs=2, train_data_loader=@dataloader, "
          + "network=@model, optimizer=@optimizer, loss_function=@loss)",
      ])
    #expect(
      dialogue.session.componentFaults(
        in: dialogue.session.bindings, of: Node(.train, "trainer")
      ).isEmpty)
    try dialogue.type("train.trainer.max_epochs = 3\ns = train()")
    #expect(try dialogue.numbers("s.epochs") == [1])
    // The same for a validation.
    let missing = try #require(throws: Fault.self) { try dialogue.type("validate()") }
    #expect(missing.message == "validation needs data")
    try dialogue.type(
      """
      validate.pre_transforms = [LoadImaged(keys=["image", "label"]), \
      EnsureChannelFirstd(keys=["image", "label"]), ToTensord(keys=["image", "label"])]
      """)
    try dialogue.type(
      try #require(missing.remedy).replacing("dataset.json", with: mmar.list))
    try dialogue.type("v = validate()")
    #expect(try dialogue.numbers("v.iterations") == [1])
  }
}
