import Components
import Engine
import Script
import Testing

@testable import Session

/// Training state belongs to the session, whatever a line rebuilds.
@Suite(.serialized) struct TrainingStateTests {
  @Test func aNewRateRebuildsOptimizerSchedulerAndTrainerOnly() throws {
    let typed = try TypedSession()
    try typed.type("train(epochs=2)")
    let prepared = typed.session.cache.preparedCount
    #expect(prepared == 3)
    let names = ["model", "loss", "pre_transforms", "dataset", "dataloader", "inferer"]
    let before = try names.map { try typed.object($0) }
    let evaluator = try typed.object("evaluator", in: .validate)
    let rebuilt = try ["optimizer", "lr_scheduler", "trainer"].map { try typed.object($0) }

    let screen = try typed.type("learning_rate = 1e-3", "train(epochs=1)")
    let line =
      "rebuilt optimizer (learning_rate 0.0002 → 0.001, moments kept), lr_scheduler (at epoch 2), "
      + "trainer (epoch 2 of 6); model kept"
    #expect(screen.split(separator: "\n").first.map(String.init) == line)
    for (name, object) in zip(names, before) { #expect(try typed.object(name) === object) }
    #expect(try typed.object("evaluator", in: .validate) === evaluator)
    for (name, object) in zip(["optimizer", "lr_scheduler", "trainer"], rebuilt) {
      #expect(try typed.object(name) !== object)
    }
    #expect(typed.session.cache.preparedCount == prepared)

    // The same training in one go, its rate set by hand after the second epoch.
    let other = try TypedSession()
    let trainer = try other.trainer
    trainer.on(.epochCompleted) { workflow in
      guard workflow.state.epoch == 2 else { return }
      for group in trainer.optimizer.groups {
        (group.learningRate, group.initialLearningRate) = (1e-3, 1e-3)
      }
    }
    try trainer.run(epochs: 3)
    #expect(try typed.learned() == other.learned())
    let history = try typed.trainer.history["train_loss"]?.values
    #expect(history == trainer.history["train_loss"]?.values)
    #expect(history?.count == 3)
  }

  @Test func aNewNetworkIsANewTrainingAndUndoBringsTheOldOneBack() throws {
    let typed = try TypedSession()
    try typed.type("train(epochs=1)")
    let learned = try typed.learned()
    let (model, trainer) = (try typed.object("model"), try typed.trainer)

    let screen = try typed.type("train.model.channels = [4, 16]", "train(epochs=2)")
    #expect(
      screen.split(separator: "\n").first.map(String.init)
        == "rebuilt model (channels [4, 8] → [4, 16], new weights), optimizer (new moments), "
        + "lr_scheduler (at epoch 0), evaluator, trainer (epoch 0 of 6); "
        + "undo() brings the old weights back")
    #expect(try typed.trainer.state.epoch == 2)

    let undone = try typed.type("undo()")
    #expect(
      undone
        == "undid train.model.channels = [4, 16]: model (channels [4, 16] → [4, 8]); "
        + "model, optimizer, trainer as before it")
    #expect(try typed.object("model") === model)
    #expect(try typed.trainer === trainer)
    #expect(try typed.learned() == learned)

    // What happened in between has moved none of its streams.
    try typed.type("train(epochs=1)")
    let other = try TypedSession()
    try other.type("train(epochs=1)", "train(epochs=1)")
    #expect(try typed.learned() == other.learned())
  }

  @Test func undoTakesBackBindingsAndNotATraining() throws {
    let typed = try TypedSession()
    try typed.type("train(epochs=1)", "learning_rate = 1e-3", "train(epochs=1)")
    let screen = try typed.type("undo()", "train(epochs=1)")
    #expect(
      screen.split(separator: "\n").prefix(2).map(String.init) == [
        "undid learning_rate = 1e-3: learning_rate is 0.0002 again",
        "rebuilt optimizer (learning_rate 0.001 → 0.0002, moments kept), "
          + "lr_scheduler (at epoch 2), trainer (epoch 2 of 6); model kept",
      ])
    #expect(try typed.trainer.state.epoch == 3)
    let fault = typed.fault("undo()")
    #expect(fault?.message == "there is nothing to undo")
  }

  @Test func severalStepsGoBackOneByOne() throws {
    let typed = try TypedSession()
    let screen = try typed.type(
      "a = 1", "a = 2", "for i in [3, 4]:\n  a = i\n", "del a", "undo()", "undo()", "undo()", "a",
      "undo()")
    #expect(
      screen.split(separator: "\n").map(String.init) == [
        "undid del a: a is back", "undid for i in [3, 4]:...: a is 2 again",
        "undid a = 2: a is 1 again", "1", "undid a = 1: a is gone",
      ])
    #expect(typed.fault("a")?.kind == .unknownName)
  }

  @Test func undoBringsBackWhatALoadReplaced() throws {
    let typed = try TypedSession()
    try typed.type("train(epochs=1)")
    let learned = try typed.learned()
    try typed.type("load(\"\(typed.mmar.root)\")")
    #expect(typed.session.workbench.built(Node(.train, "model")) == nil)
    #expect(try typed.type("undo()").contains("the session before it is back"))
    #expect(try typed.learned() == learned)
  }
}
