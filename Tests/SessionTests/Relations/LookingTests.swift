import Components
import Engine
import Testing

@testable import Session

/// Looking changes nothing: a training is the same bits with it and without.
@Suite(.serialized) struct LookingTests {
  private static let looks = [
    "step(@pre_transforms)", "first(@train.dataset)", "@train.dataset[1][0][\"image\"].shape",
    "show(@train.dataset[0][0])", "@validate.dataset[0]", "summary(input_size=[1, 1, 16, 16, 16])",
    "check()", "explain @trainer", "train", "validate", "@validate.dataloader", "@trainer",
    "help(UNet)", "validate()", "@optimizer",
  ]

  @Test(arguments: [0, 2])
  func aTrainingIsTheSameWithLooksInBetween(workers: Int) throws {
    let mmar = try SmallMMAR()
    let plain = try TypedSession(on: mmar, workers: workers)
    for _ in 0..<3 { try plain.type("train(epochs=1)") }

    let curious = try TypedSession(on: mmar, workers: workers)
    for look in Self.looks.reversed() { try curious.type(look) }
    for _ in 0..<3 {
      try curious.type("train(epochs=1)")
      for look in Self.looks { try curious.type(look) }
    }
    #expect(try curious.learned() == plain.learned())
    #expect(
      try curious.trainer.history["train_loss"]?.values
        == plain.trainer.history["train_loss"]?.values)
    #expect(
      try curious.trainer.history["train_acc"]?.values
        == plain.trainer.history["train_acc"]?.values)
  }

  @Test func aNetworkStartsAtTheSeedWhenEverItIsBuilt() throws {
    let mmar = try SmallMMAR()
    let first = try TypedSession(on: mmar)
    try first.type("@model;")
    let last = try TypedSession(on: mmar)
    try last.type("@validate.dataloader;", "@train.dataloader;", "@model;")
    #expect(try first.learned() == last.learned())
  }

  @Test func anotherSeedCountsFromTheNextTraining() throws {
    let mmar = try SmallMMAR()
    let seventh = try TypedSession(on: mmar, workers: 0, "determinism.random_seed=7")
    try seventh.type("train(epochs=1);")
    let typed = try TypedSession(on: mmar)
    let line = "determinism = {\"random_seed\": 7}"
    try typed.type("@trainer;", line, "train(epochs=1);")
    #expect(try typed.learned() == seventh.learned())
    let begun = try TypedSession(on: mmar)
    let note = try begun.type("train(epochs=1);", line, "train(epochs=1);")
    #expect(note.contains("determinism counts from train(fresh=True) on"))
    try begun.type("train(fresh=True, epochs=1);")
    #expect(try begun.learned() == seventh.learned())
  }

  @Test func validatingByHandGivesTheSameEveryTime() throws {
    let typed = try TypedSession()
    try typed.type("train(epochs=1)", "a = validate()", "b = validate()")
    #expect(try typed.type("list(a.val_mean_dice) == list(b.val_mean_dice)") == "True")
    let state = try #require(typed.object("evaluator", in: .validate) as? SupervisedEvaluator).state
    #expect(state.bestMetricEpoch == 1)
    let early = try TypedSession(on: typed.mmar)
    try early.type("validate();", "train(epochs=1);")
    let best = try #require(early.object("evaluator", in: .validate) as? SupervisedEvaluator).state
    #expect(best.bestMetric == state.bestMetric)
  }
}
