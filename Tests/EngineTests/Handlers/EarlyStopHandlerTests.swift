import Components
import Testing

@testable import Engine

@Suite struct EarlyStopHandlerTests {
  /// Scores of successive epochs; returns how many epochs ran.
  static func epochs(
    _ scores: [Double], patience: Int, minDelta: Double = 0, cumulative: Bool = false
  ) throws -> Int {
    var arguments = EarlyStopHandler()
    arguments.patience = patience
    arguments.minDelta = minDelta
    arguments.cumulativeDelta = cumulative
    arguments.scoreFunction = FunctionArgument(
      NativeFunction("score") { arguments, _ in
        guard case .object(let engine as Workflow)? = arguments.positional.first,
          let score = engine.state.metric("val_score")
        else { throw Fault(.invalid, "no score") }
        return .double(score)
      })
    let training = try ToyTraining(
      epochs: scores.count, scores: scores,
      evaluatorHandlers: { _ in [EarlyStopHandler.Live(arguments)] },
      handlers: { [$0.validation($1)] })
    try training.trainer.run()
    return training.trainer.state.epoch
  }

  /// Terminating in EPOCH_COMPLETED ends the run after that epoch, as in ignite 0.4.8.
  @Test func itEndsTheTrainingItsEvaluatorBelongsTo() throws {
    #expect(try Self.epochs([0.1, 0.5, 0.4, 0.3, 0.2, 0.1], patience: 2) == 4)
    #expect(try Self.epochs([0.1, 0.5, 0.4, 0.6, 0.5, 0.7], patience: 2) == 6)
  }

  @Test func aSmallRiseCountsAsNone() throws {
    #expect(try Self.epochs([0.1, 0.15, 0.2, 0.25, 0.3], patience: 3, minDelta: 0.1) == 4)
    #expect(
      try Self.epochs([0.1, 0.15, 0.21, 0.25, 0.3], patience: 3, minDelta: 0.1, cumulative: true)
        == 5)
  }
}
