import Components
import TestSupport
import Testing

@testable import Session

/// Screens of `explain` and of a bare `train`, kept under Golden/relations.
@Suite(.serialized) struct ExplainTests {
  private func check(_ name: String, _ screen: String) throws {
    #expect(try GoldenScreen("relations/\(name)").difference(from: screen) == nil)
    #expect(screen.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func aComponent() throws {
    let typed = try TypedSession()
    try check("optimizer-unbuilt", typed.type("explain @optimizer"))
    try typed.type("train(epochs=1)", "learning_rate = 1e-3")
    try check("optimizer-stale", typed.type("explain @optimizer"))
    try typed.type("train.optimizer.weight_decay = <learning_rate> / 10", "@optimizer;")
    try check("optimizer-built", typed.type("explain(@optimizer)"))
  }

  @Test func aListARefAndADisabledOne() throws {
    let typed = try TypedSession()
    try check("ref", typed.type("explain @validate.pre_transforms[0]"))
    try check("post-transforms", typed.type("explain @train.post_transforms"))
    try check("disabled", typed.type("explain @train.handlers.CheckpointLoader"))
    try check("argument", typed.type("explain train.trainer.max_epochs"))
  }

  @Test func aVariableWithItsLayers() throws {
    let typed = try TypedSession(workers: 0, "learning_rate=0.0005")
    try check("variable", typed.type("learning_rate = 1e-3", "explain learning_rate"))
    try check("environment", typed.type("explain <OUTPUT_CHANNELS>"))
    try check("computed", typed.type("warm = <learning_rate> * 10", "explain warm"))
  }

  @Test func aKeptValue() throws {
    let typed = try TypedSession()
    try typed.type("n = 1", "losses = train(epochs=<n>).train_loss[:0]", "n = 2")
    try check("kept", typed.type("explain losses"))
  }

  @Test func aFailedOne() throws {
    let typed = try TypedSession()
    try typed.type("train.model.channels = [4]")
    _ = typed.fault("@model")
    try check("failed", typed.type("explain @model"))
  }

  @Test func anExpressionStepByStep() throws {
    let bare = BareSession()
    try bare.type("rate = 0.1", "steps = [1, 2, 3]")
    try check("steps", bare.type("explain rate * 10 + len(steps) > 2 and not steps[0] == 1"))
    try check("rounds", bare.type("explain [rate * k for k in range(5)]"))
    try check("config-string", bare.type("explain \"#max([<rate>, 0.5]) * 2\""))
    let fault = bare.fault("explain 1 / (steps[0] - 1)")
    #expect(fault?.place?.column == 9)
    #expect(bare.fault("explain print(1)")?.message.contains("acts") == true)
  }

  @Test func aSectionAsATable() throws {
    let typed = try TypedSession()
    try typed.type("@trainer;", "learning_rate = 1e-3")
    try check("table", typed.type("train"))
    try check("table-validate", typed.type("validate"))
  }

  @Test func theLineAboutWhatWasRebuilt() throws {
    let typed = try TypedSession()
    var lines: [String] = []
    for cells in [
      "train(epochs=1);", "learning_rate = 1e-3",
      "train.pre_transforms.RandShiftIntensityd.prob = 0.9",
      "train.handlers += [EarlyStopHandler(patience=3, score_function=lambda engine: 1.0)]",
      "train.optimizer = AdamW(params=@model.parameters(), lr=<learning_rate>)",
      "train.model.norm = \"instance\"", "undo()",
    ] {
      let screen = try typed.type(cells, "@trainer;")
      lines +=
        ["etude> " + cells]
        + screen.split(separator: "\n").map(String.init)
        .filter { !$0.hasPrefix("run ") && !$0.hasPrefix("val_") }
    }
    #expect(
      try GoldenScreen("relations/rebuilt").difference(from: lines.joined(separator: "\n")) == nil)
  }
}
