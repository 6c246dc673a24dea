import Components
import Script
import Testing

@Suite struct ImplicitWiringTests {
  private let bindings = load(
    train(
      """
      "loss": {"name": "DiceLoss"}, "optimizer": {"name": "Adam", "args": {"lr": 0.1}},
      "lr_scheduler": {"name": "StepLR", "args": {}}, "model": {"name": "UNet"},
      "pre_transforms": [], "dataset": {"name": "Dataset"}, "dataloader": {"name": "DataLoader"},
      "handlers": [
        {"name": "CheckpointLoader", "args": {"load_dict": ["model", "train_conf"]}},
        {"name": "LrScheduleHandler", "args": {}}, {"name": "ValidationHandler", "args": {}}],
      "trainer": {"name": "SupervisedTrainer", "args": {}}
      """,
      validate: """
        "dataset": {"name": "Dataset"}, "dataloader": {"name": "DataLoader"}, "inferer": {"name": "I"},
        "post_transforms": [], "metrics": [{"name": "M", "is_key_metric": true}],
        "evaluator": {"name": "SupervisedEvaluator"}
        """, globals: "\"epochs\": 2, \"amp\": true")
  ).bindings

  @Test(arguments: [
    (Section.train, "optimizer", "Adam(lr=0.1, params=@model.parameters())"),
    (.train, "lr_scheduler", #"{"name": "StepLR", "args": {"optimizer": @optimizer}}"#),
    (.train, "dataset", "Dataset(transform=@pre_transforms)"),
    (.validate, "dataset", "Dataset()"),
    (.validate, "dataloader", #"{"name": "DataLoader", "args": {"dataset": @dataset}}"#),
  ])
  func elementsGetWhatTheyLeftOut(section: Section, name: String, text: String) throws {
    #expect(try bindings.text(of: Node(section, name)) == text)
  }

  @Test func handlersGetTheirObjectsAndNamesBecomeReferences() throws {
    let text = try bindings.text(of: Node(.train, "handlers"))
    #expect(text.contains(#""load_dict": {"model": @model, "train_conf": @conf}"#))
    #expect(text.contains(#""lr_scheduler": @lr_scheduler"#))
    #expect(text.contains(#""validator": @evaluator"#))
  }

  @Test func enginesGetTheirOwnSection() throws {
    #expect(
      try arguments(of: Node(.train, "trainer")) == [
        "train_data_loader", "network", "loss_function", "optimizer", "train_handlers",
        "max_epochs", "amp",
      ])
    #expect(
      try arguments(of: Node(.validate, "evaluator")) == [
        "val_data_loader", "network", "inferer", "postprocessing", "key_val_metric", "amp",
      ])
  }

  /// In 4.1 what is not written is not wanted.
  @Test func enginesThatAreWiredGetOnlyWhatTheyNeed() throws {
    let wired = load(
      train(
        """
        "model": {"name": "UNet"}, "loss": {"name": "L"}, "inferer": {"name": "I"},
        "trainer": {"name": "T", "args": {"network": "@model"}}
        """)
    ).bindings
    let trainer = try wired.definition(of: Node(.train, "trainer"))
    guard case .component(let component) = trainer.expression.form else { return }
    #expect(component.arguments.map(\.name) == ["network", "loss_function"])
  }

  @Test func whatIsWrittenStays() throws {
    let written = load(
      train(#""model": {"name": "UNet"}, "optimizer": {"name": "Adam", "args": {"params": "@x"}}"#)
    ).bindings
    #expect(try written.text(of: Node(.train, "optimizer")) == "Adam(params=@x)")
  }

  private func arguments(of node: Node) throws -> [String] {
    guard case .component(let component) = try bindings.definition(of: node).expression.form else {
      return []
    }
    return component.arguments.map(\.name)
  }
}
