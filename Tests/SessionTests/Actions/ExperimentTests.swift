import Components
import Engine
import Testing

@testable import Session

/// `sweep(…)` and `lr_range_test(…)`: trainings beside the session's own, which they leave as it is.
@Suite struct ExperimentTests {
  /// What a training does after `lines`, to be held against what it does without them.
  private func losses(after lines: String, sharing mmar: SmallMMAR) throws -> [Double] {
    let dialogue = try Dialogue("epochs=9", sharing: mmar)
    try dialogue.type("a = train(1)")
    try dialogue.type(lines)
    try dialogue.type("b = train(2)")
    return try dialogue.numbers("b.train_loss.y")
      + dialogue.numbers("b.lr.y") + dialogue.numbers("b.val_mean_dice.y")
  }

  @Test func nothingIsLeftOfAnExperiment() throws {
    let mmar = try SmallMMAR()
    let plain = try losses(after: "", sharing: mmar)
    #expect(plain.count == 6)
    #expect(try losses(after: "lr_range_test(num_iter=8)", sharing: mmar) == plain)
    #expect(
      try losses(after: "sweep(\"learning_rate\", [1e-2, 1e-3])", sharing: mmar) == plain)
  }

  @Test func theWeightsAreTheSameBitForBit() throws {
    let dialogue = try Dialogue("epochs=9")
    try dialogue.type("train(1)")
    let trainer = try #require(dialogue.session.builtTrainer)
    func state() throws -> [[Double]] {
      trainer.network.parameters.map { $0.value.doubles() }
    }
    let before = (
      try state(), trainer.optimizer.groups.map(\.learningRate), trainer.context.generator.state,
      dialogue.session.bindings.effectiveConfig
    )
    try dialogue.type("r = lr_range_test(num_iter=6)")
    #expect(try state() == before.0)
    #expect(trainer.optimizer.groups.map(\.learningRate) == before.1)
    #expect(trainer.context.generator.state == before.2)
    #expect(dialogue.session.bindings.effectiveConfig == before.3)
    #expect(dialogue.session.builtTrainer === trainer)
  }

  @Test(arguments: ["val_mean_dice", "train_loss"])
  func noSeriesTakesThePlaceOfAnother(name: String) throws {
    let dialogue = try Dialogue()
    try dialogue.type("validate.additional_metrics[0].log_label = '\(name)'")
    let fault = #expect(throws: Fault.self) { try dialogue.type("train(1)") }
    #expect(fault?.got == name.quoted)
  }

  @Test func countsBeyondMeasureAreRefused() throws {
    let dialogue = try Dialogue()
    for call in ["train(9223372036854775807)", "train(iterations=9223372036854775807)"] {
      let fault = #expect(throws: Fault.self) { try dialogue.type(call) }
      #expect(fault?.kind == .outOfRange)
    }
  }

  @Test func whatHasNoEffectHereIsSaidOnceForAllTrainings() throws {
    let dialogue = try Dialogue("epochs=9")
    try dialogue.type("train.trainer.device = 'cuda'")
    try dialogue.type("sweep(\"learning_rate\", [1e-2, 1e-3])")
    try dialogue.type("train(1)")
    #expect(dialogue.notes.count { $0.hasPrefix("device 'cuda'") } == 1)
  }

  @Test func theRatesGrowByAConstantFactor() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type("r = lr_range_test(1e-6, 1.0, 7)")
    let rates = try dialogue.numbers("r.lr.y")
    #expect(rates.first == 1e-6 && rates.count > 1)
    for (low, high) in zip(rates, rates.dropFirst()) {
      #expect((high / low / 10 - 1).magnitude < 1e-9)
    }
    #expect(try dialogue.numbers("r.loss.y").count == rates.count)
    #expect(screen.hasPrefix("run 1: \(rates.count) iterations, "))
    if case .double(let suggestion) = try dialogue.value("r.suggestion") {
      #expect(rates.contains { ($0 / suggestion - 1).magnitude < 1e-9 })
      #expect(dialogue.notes.last?.contains("try: learning_rate = ") == true)
    }
    #expect(dialogue.files(in: "models").isEmpty, "nothing is written")
  }

  @Test(arguments: ["start_lr=0", "start_lr=1, end_lr=0.1", "num_iter=1"])
  func ratesOutOfRangeAreRefused(arguments: String) throws {
    let dialogue = try Dialogue()
    let fault = try #require(throws: Fault.self) {
      try dialogue.type("lr_range_test(\(arguments))")
    }
    #expect(fault.kind == .outOfRange && fault.wanted != nil)
  }

  @Test func componentsAreSwept() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type(
      "s = sweep(train.loss, [DiceLoss(to_onehot_y=True, softmax=True), "
        + "DiceLoss(to_onehot_y=True, sigmoid=True)])")
    guard case .dict(let runs) = try dialogue.value("s") else { return }
    #expect(
      runs.keys == [
        "DiceLoss(to_onehot_y=True, softmax=True)", "DiceLoss(to_onehot_y=True, sigmoid=True)",
      ])
    let folders = try dialogue.mmar.names(in: "models")
    #expect(folders.count == 2, "each has a folder: \(folders)")
    #expect(folders.allSatisfy { $0.hasPrefix("train.loss=DiceLoss_") })
    #expect(screen.contains("best val_mean_dice"))
    #expect(try dialogue.type("train.loss").contains("softmax=True"), "bindings are as before")
    #expect(dialogue.session.runs.entries.map(\.title).allSatisfy { $0.hasPrefix("train.loss = ") })
    #expect(
      try !dialogue.type("check()").contains("s has no"), "what was swept is no part of the config")
    try dialogue.type("sweep(\"learning_rate\", [1e-2])")
  }

  /// The same seed: values that mean the same give the same numbers.
  @Test func everyValueBeginsAlike() throws {
    let dialogue = try Dialogue()
    try dialogue.type("s = sweep(\"train.optimizer.lr\", [0.001, 1e-3], epochs=2)")
    let runs = try dialogue.value("s")
    guard case .dict(let entries) = runs else { return }
    let losses = entries.compactMap { _, value -> Double? in
      guard case .object(let run as Run) = value else { return nil }
      return run.history["train_loss"]?.values.first
    }
    #expect(losses.count == 2 && losses[0] == losses[1])
  }

  @Test func aValueThatFailsDoesNotStopTheOthers() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type("s = sweep(\"learning_rate\", [\"fast\", 1e-3])")
    guard case .dict(let runs) = try dialogue.value("s") else { return }
    #expect(runs.keys == ["1e-3"], "as they are written")
    #expect(screen.contains("failed: "))
    #expect(dialogue.notes.contains { $0.hasPrefix("learning_rate = 'fast': ") })
    #expect(throws: Fault.self) { try dialogue.type("sweep(\"learning_rate\", [\"fast\"])") }
  }

  @Test func thePathIsChecked() throws {
    let dialogue = try Dialogue()
    let fault = try #require(throws: Fault.self) {
      try dialogue.type("sweep(\"learning_rte\", [1e-3])")
    }
    #expect(fault.suggestion == "learning_rate")
    #expect(throws: Fault.self) { try dialogue.type("sweep(\"learning_rate\", [])") }
    #expect(throws: Fault.self) { try dialogue.type("sweep(\"learning_rate\", [1e-3, 1e-3])") }
  }
}
