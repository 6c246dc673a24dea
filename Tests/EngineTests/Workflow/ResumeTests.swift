import Components
import Testing

@testable import Engine

/// A training that stops, in any way, and goes on, here or in another process, ends bit for bit where
/// an uninterrupted one ends.
@Suite struct ResumeTests {
  /// Everything a resume has to bring back, in one value to compare.
  struct Outcome: Equatable {
    let weights: [Float]
    let learningRate: Double
    let steps: Int
    let history: History
    let best: Double
    let bestEpoch: Int
    let iteration: Int
    let epoch: Int
    let nextDraw: UInt64

    init(_ training: ToyTraining) {
      weights = training.network.parameters.map(\.number)
      learningRate = training.optimizer.group.learningRate
      steps = training.scheduler.stepCount
      history = training.trainer.history
      best = training.evaluator.state.bestMetric
      bestEpoch = training.evaluator.state.bestMetricEpoch
      iteration = training.trainer.state.iteration
      epoch = training.trainer.state.epoch
      nextDraw = training.context.generator.random64()
    }
  }

  static func training(_ folder: String? = nil, learningRate: Double = 0.01) throws -> ToyTraining {
    try ToyTraining(
      epochs: 4, inputs: [1, 2, 3, 4, 5, 6], shuffles: true, seed: 7,
      learningRate: learningRate, trainsWithMetric: true,
      handlers: { parts, evaluator in
        var handlers = [parts.lrSchedule, parts.validation(evaluator)]
        if let folder {
          handlers.append(parts.saver(folder, whole: true) { $0.saveFinal = true })
        }
        return handlers
      })
  }

  static func uninterrupted() throws -> Outcome {
    let training = try training()
    try training.trainer.run()
    return Outcome(training)
  }

  @Test(arguments: 1...11)
  func goesOnInPlaceAfterAnyIteration(stop: Int) throws {
    let training = try Self.training()
    try training.trainer.run(iterations: stop)
    #expect(training.trainer.state.iteration == stop)
    try training.trainer.run()
    #expect(Outcome(training) == (try Self.uninterrupted()))
  }

  @Test(arguments: 1...11)
  func resumesFromTheFileAfterAnyIteration(stop: Int) throws {
    let folder = try TemporaryFolder()
    let first = try Self.training(folder.path)
    try first.trainer.run(iterations: stop)
    let second = try Self.training(folder.path)
    second.context.generator.seed(999)
    try second.trainer.resume(from: folder.file("run_state.pt"))
    try second.trainer.run()
    #expect(Outcome(second) == (try Self.uninterrupted()))
  }

  @Test(arguments: 1...11)
  func anInterruptSavesWhatAResumeNeeds(stop: Int) throws {
    let folder = try TemporaryFolder()
    let first = try Self.training(folder.path)
    first.trainer.on(.iterationCompleted, .once(stop)) { $0.context.cancellation.request() }
    let run = try first.trainer.run()
    #expect(run.isInterrupted)
    #expect(run.iterations == stop)
    #expect(!(try folder.names()).contains("final_model.pt"))
    let second = try Self.training(folder.path)
    try second.trainer.resume(from: folder.file("run_state.pt"))
    #expect(try second.trainer.run().isInterrupted == false)
    #expect(Outcome(second) == (try Self.uninterrupted()))
  }

  @Test func anInterruptedValidationIsRunAgainAsAWhole() throws {
    let folder = try TemporaryFolder()
    let first = try Self.training(folder.path)
    let requests = FiredEvents()
    first.evaluator.on(.iterationCompleted) { workflow in
      if workflow.state.epoch == 2, workflow.state.iteration == 2, requests.events.isEmpty {
        requests.add("stop")
        workflow.context.cancellation.request()
      }
    }
    #expect(try first.trainer.run().isInterrupted)
    #expect(first.scheduler.stepCount == 2)
    #expect(first.evaluator.trainer === first.trainer)

    let second = try Self.training(folder.path)
    try second.trainer.resume(from: folder.file("run_state.pt"))
    try second.trainer.run()
    #expect(Outcome(second) == (try Self.uninterrupted()))

    first.context.cancellation.reset()
    try first.trainer.run()
    #expect(Outcome(first) == (try Self.uninterrupted()))
  }

  /// An epoch has three iterations: 0, 3, 6 and 9 are the first of an epoch.
  @Test(arguments: 0...11)
  func anInterruptWhileABatchIsMadeCountsTheIterationAsNotDone(done: Int) throws {
    let folder = try TemporaryFolder()
    let first = try Self.training(folder.path)
    first.trainer.on(.getBatchCompleted) { workflow in
      if workflow.state.iteration == done { throw Fault(.interrupted, "interrupted") }
    }
    let run = try first.trainer.run()
    #expect(run.isInterrupted)
    #expect(run.iterations == done)
    let second = try Self.training(folder.path)
    try second.trainer.resume(from: folder.file("run_state.pt"))
    try second.trainer.run()
    #expect(Outcome(second) == (try Self.uninterrupted()))
  }

  /// Workers make the batches of the open epoch again before the next one; who stops that keeps the
  /// place, here and in the file.
  @Test func anInterruptOnTheWayBackIntoTheEpochKeepsThePlace() throws {
    let folder = try TemporaryFolder()
    let first = try Self.training(folder.path)
    first.trainer.on(.iterationCompleted, .once(4)) { $0.context.cancellation.request() }
    #expect(try first.trainer.run().isInterrupted)
    let second = try Self.training(folder.path)
    try second.trainer.resume(from: folder.file("run_state.pt"))
    let source = second.trainer.source
    second.trainer.source = StoppedSource(source)
    #expect(try second.trainer.run().isInterrupted)
    second.trainer.source = source
    let third = try Self.training(folder.path)
    try third.trainer.resume(from: folder.file("run_state.pt"))
    try third.trainer.run()
    #expect(Outcome(third) == (try Self.uninterrupted()))
    try second.trainer.run()
    #expect(Outcome(second) == (try Self.uninterrupted()))
  }

  @Test func aLearningRateSetNowWins() throws {
    let folder = try TemporaryFolder()
    try Self.training(folder.path).trainer.run(epochs: 2)
    let second = try Self.training(folder.path, learningRate: 0.1)
    try second.trainer.resume(from: folder.file("run_state.pt"))
    // Two epochs have halved it twice.
    #expect(second.optimizer.group.learningRate == 0.1 / 4)
    #expect(second.sink.notes.contains("learning rate 0.1 as set now, not the saved 0.01"))
  }

  @Test func anotherNumberOfIterationsIsRefused() throws {
    let folder = try TemporaryFolder()
    try Self.training(folder.path).trainer.run(epochs: 1)
    let other = try ToyTraining(
      inputs: [1, 2], handlers: { [$0.lrSchedule, $0.validation($1)] })
    let fault = #expect(throws: Fault.self) {
      try other.trainer.resume(from: folder.file("run_state.pt"))
    }
    #expect(fault?.kind == .state)
    #expect(fault?.wanted == "3")
  }

  @Test func aCheckpointIsNoRunState() throws {
    let folder = try TemporaryFolder()
    try Self.training(folder.path).trainer.run(epochs: 1)
    let fault = #expect(throws: Fault.self) {
      try Self.training().trainer.resume(from: folder.file("final_model.pt"))
    }
    #expect(fault?.kind == .format)
  }

  /// As a kill between the last iteration and the handlers of COMPLETED leaves it.
  @Test func aRunThatWasNotCompletedIsCompleted() throws {
    let folder = try TemporaryFolder()
    let first = try Self.training(folder.path)
    first.trainer.on(.epochCompleted, .once(4)) { _ in first.trainer.wantsStateSaved = true }
    first.trainer.on(.completed) { _ in throw Fault(.file, "killed") }
    #expect(throws: Fault.self) { try first.trainer.run() }
    try Disk().remove(folder.file("final_model.pt"))
    let second = try Self.training(folder.path)
    try second.trainer.resume(from: folder.file("run_state.pt"))
    #expect(try second.trainer.run().iterations == 0)
    #expect(try folder.names().contains("final_model.pt"))
    #expect(Outcome(second) == (try Self.uninterrupted()))
  }

  @Test func aNewRunReplacesTheStateOfAFinishedOneOnly() throws {
    let folder = try TemporaryFolder()
    try Self.training(folder.path).trainer.run()
    try Self.training(folder.path).trainer.run(iterations: 2)
    #expect(!(try folder.names()).contains("run_state.1.pt"))
    try Self.training(folder.path).trainer.run(iterations: 1)
    #expect(try folder.names().contains("run_state.1.pt"))
  }

  @Test func onceAtTheEndItSaysHowToGoOn() throws {
    let training = try Self.training()
    try training.trainer.run()
    let run = try training.trainer.run()
    #expect(run.iterations == 0)
    #expect(training.sink.notes.last == "at epoch 4 of 4; train(epochs=10) trains 10 more")
    try training.trainer.run(epochs: 2)
    #expect(training.trainer.state.epoch == 6)
  }
}

/// Is interrupted whenever it is to come back into the middle of a pass.
private final class StoppedSource: BatchSource {
  private let source: any BatchSource

  init(_ source: any BatchSource) { self.source = source }

  var kind: String { source.kind }
  var summary: String { source.summary }
  var batchCount: Int { source.batchCount }

  func makePass(_ context: RunContext) throws -> any BatchPass { try source.makePass(context) }
  func makePass(from state: StateValue, _ context: RunContext) throws -> any BatchPass {
    throw Fault(.interrupted, "interrupted")
  }
  func restingState() throws -> StateValue { try source.restingState() }
  func rest(in state: StateValue) throws { try source.rest(in: state) }
}
