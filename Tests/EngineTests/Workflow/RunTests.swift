import Components
import Testing

@testable import Engine

@Suite struct RunTests {
  @Test func aRunKnowsItsCurves() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      epochs: 3, scores: [0.5, 0.25, 0.75],
      evaluatorHandlers: { [$0.saver(folder.path) { $0.saveKeyMetric = true }] },
      handlers: { [$0.lrSchedule, $0.validation($1)] })
    try training.trainer.run(epochs: 1)
    let run = try training.trainer.run()
    #expect(run.epochs == 2)
    #expect(run.iterations == 4)
    #expect(run.history["train_loss"]?.positions == [3, 4, 5, 6])
    #expect(run.history["lr"]?.values == [0.005, 0.005, 0.0025, 0.0025])
    guard case .object(let object)? = run.attribute("val_score"),
      let scores = object as? HistoryObject
    else {
      Issue.record("a logged name is no series")
      return
    }
    #expect(scores.attribute("y") == .list([.double(0.25), .double(0.75)]))
    #expect(run.history["val_score"]?.positions == [2, 3])
    #expect(run.attribute("best") == .double(0.75))
    #expect(run.attribute("best_epoch") == .int(3))
    #expect(run.attribute("checkpoint") == .string(folder.file("model.pt")))
    #expect(run.attribute("interrupted") == .bool(false))
    #expect(run.attribute("nothing") == nil)
    #expect(run.attributeNames.prefix(3) == ["train_loss", "lr", "val_score"])
    #expect(training.trainer.history["train_loss"]?.positions == [1, 2, 3, 4, 5, 6])
  }

  @Test func theLineOfATraining() {
    var history = History()
    history.record("train_loss", 0.913, at: 1, .iteration)
    history.record("train_loss", 0.2871, at: 100, .iteration)
    let run = Run(
      action: .training, history: history, keyMetric: "val_mean_dice", best: 0.8712, bestEpoch: 20,
      epochs: 20, iterations: 100, duration: .seconds(242), checkpoint: "models/model.pt",
      isInterrupted: false, details: [])
    #expect(
      run.line(number: 3)
        == "run 3: 20 epochs, 100 iterations, 4 min 02 s   train_loss 0.913 → 0.287   "
        + "val_mean_dice best 0.8712 (epoch 20) → models/model.pt")
  }

  @Test func theLineOfAnInterruptedTrainingWithoutValidation() {
    let run = Run(
      action: .training, history: History(), keyMetric: nil, best: nil, bestEpoch: nil,
      epochs: 0, iterations: 1, duration: .milliseconds(3400), checkpoint: nil,
      isInterrupted: true, details: [])
    #expect(run.line(number: nil) == "run: 0 epochs, 1 iteration, 3.4 s   interrupted")
  }

  @Test func theLineOfAMetric() {
    let details = MetricDetails(
      name: "val_mean_dice", value: 0.8712,
      cases: ["imagesTr/spleen_32.nii.gz", "imagesTr/spleen_9.nii.gz", "imagesTr/spleen_3.nii.gz"],
      rows: [[0.801], [0.923], [0.8896]], classNames: ["class1"],
      labels: [0: "background", 1: "spleen"])
    #expect(
      details.line
        == "val_mean_dice 0.8712  n=3   spleen 0.8712 (min 0.801 spleen_32, max 0.923 spleen_9)   "
        + "empty in truth: 0, left out")
  }

  @Test func emptyClassesAreCountedAndLeftOut() {
    let details = MetricDetails(
      name: "dice", value: 0.5, cases: ["a.nii", "b.nii"], rows: [[0.5, .nan], [.nan, .nan]],
      classNames: ["class1", "class2"])
    #expect(
      details.line
        == "dice 0.5000  n=2   class1 0.5000 (min 0.500 a, max 0.500 a)   class2 in no case   "
        + "empty in truth: 3, left out")
  }

  @Test func aValidationAloneIsARunToo() throws {
    let training = try ToyTraining()
    let run = try training.evaluator.run()
    #expect(run.action == .validation)
    #expect(run.iterations == 3)
    #expect(run.details.map(\.name) == ["val_score", "val_again"])
    #expect(
      run.details[0].cases == [
        "data/case_0.nii.gz", "data/case_1.nii.gz", "data/case_2.nii.gz",
      ])
    #expect(run.history["val_score"]?.values == [training.evaluator.state.metrics[0].value])
  }

  @Test func trainStatsHaveMONAIsKeys() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      epochs: 3, scores: [0.5, 0.75, 0.25], handlers: { [$0.validation($1)] })
    try training.trainer.run()
    try TrainStats(training.trainer).write(to: folder.path)
    #expect(
      String(decoding: try folder.read("train_stats.json"), as: UTF8.self)
        == """
        {"total_epochs": 3, "total_iterations": 2, "best_validation_metric": 0.75, \
        "best_validation_epoch": 2}

        """)
  }

  @Test func iterationsDoneAgainLeaveOneCurve() {
    var history = History()
    for position in 1...4 { history.record("train_loss", 1, at: position, .iteration) }
    history.record("train_loss", 2, at: 3, .iteration)
    #expect(history["train_loss"]?.positions == [1, 2, 3])
    #expect(history["train_loss"]?.values == [1, 1, 2])
  }

  @Test func theHistoryIsSavedExactly() throws {
    var history = History()
    history.record("train_loss", 0.1 + 0.2, at: 1, .iteration)
    history.record("val_score", .nan, at: 1, .epoch)
    history.record("val_score", 0.5, at: 2, .epoch)
    let back = try History(state: history.state())
    #expect(back["train_loss"] == history["train_loss"])
    #expect(back["val_score"]?.values[0].isNaN == true)
    #expect(back["val_score"]?.axis == .epoch)
  }

  @Test func lambdasReadTheState() throws {
    let training = try ToyTraining()
    try training.trainer.run(iterations: 3)
    guard case .object(let state as any HasAttributes)? = try training.trainer.attribute("state")
    else {
      Issue.record("engine.state is no object with attributes")
      return
    }
    #expect(try state.attribute("iteration") == .int(3))
    #expect(try state.attribute("epoch") == .int(2))
    #expect(try state.attribute("epoch_length") == .int(2))
    #expect(try state.attribute("best_metric") == .int(-1))
    for name in state.attributeNames { #expect(try state.attribute(name) != nil) }
  }
}
