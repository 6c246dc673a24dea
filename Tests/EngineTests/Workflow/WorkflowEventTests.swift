import Components
import Synchronization
import Testing

@testable import Engine

/// The golden order was recorded from MONAI 0.8.1 with ignite 0.4.8: a trainer of 2 epochs of 2
/// batches that validates 3 cases after each.
@Suite struct WorkflowEventTests {
  @Test func eventsFireInIgnitesOrder() throws {
    let training = try ToyTraining(handlers: { [$0.validation($1)] })
    let record = FiredEvents()
    record.attach(to: training.trainer, as: "T")
    record.attach(to: training.evaluator, as: "V")
    try training.trainer.run()

    let batch = ["GET_BATCH_STARTED", "GET_BATCH_COMPLETED", "ITERATION_STARTED"]
    let forward = ["FORWARD_COMPLETED"]
    let backward = ["LOSS_COMPLETED", "BACKWARD_COMPLETED"]
    let end = ["MODEL_COMPLETED", "ITERATION_COMPLETED"]
    let iteration = batch + forward + backward + end
    let validation =
      (["STARTED", "EPOCH_STARTED"] + batch + forward + end + batch + forward + end + batch
      + forward + end + ["EPOCH_COMPLETED", "COMPLETED"]).map { "V \($0)" }
    let renewed = ["GET_BATCH_STARTED", "DATALOADER_STOP_ITERATION"] + iteration.dropFirst()
    let first = ["STARTED", "EPOCH_STARTED"] + iteration + iteration
    let second = ["EPOCH_STARTED"] + renewed + iteration
    let expected =
      first.map { "T \($0)" } + validation + ["T EPOCH_COMPLETED"] + second.map { "T \($0)" }
      + validation + ["T EPOCH_COMPLETED", "T COMPLETED"]
    #expect(record.events == expected)
  }

  @Test func filtersCountEpochsOrIterations() throws {
    let training = try ToyTraining(epochs: 4)
    let record = FiredEvents()
    let trainer = training.trainer
    trainer.on(.epochCompleted, .every(2)) { record.add("epoch \($0.state.epoch)") }
    trainer.on(.iterationCompleted, .every(3)) { record.add("iteration \($0.state.iteration)") }
    trainer.on(.iterationCompleted, .once(5)) { record.add("once \($0.state.iteration)") }
    try trainer.run()
    #expect(
      record.events == ["iteration 3", "epoch 2", "once 5", "iteration 6", "epoch 4"])
  }

  @Test func handlersActInTheOrderTheyWereAttached() throws {
    let training = try ToyTraining(epochs: 1)
    let record = FiredEvents()
    for name in ["first", "second", "third"] {
      training.trainer.on(.epochCompleted) { _ in record.add(name) }
    }
    try training.trainer.run()
    #expect(record.events == ["first", "second", "third"])
  }

  @Test func terminateEndsTheRunAfterTheIteration() throws {
    let training = try ToyTraining(epochs: 3)
    let record = FiredEvents()
    training.trainer.on(.iterationCompleted, .once(3)) { $0.terminate() }
    record.attach(to: training.trainer, as: "T")
    try training.trainer.run()
    #expect(
      record.events.suffix(4) == [
        "T ITERATION_COMPLETED", "T TERMINATE_SINGLE_EPOCH", "T TERMINATE", "T COMPLETED",
      ])
    #expect(training.trainer.state.iteration == 3)
    #expect(
      training.sink.log.contains(
        "Terminate signaled. Engine will stop after current iteration is finished."))
  }

  @Test func anEpochLongerThanTheDataRenewsThePass() throws {
    let generator = TorchGenerator(seed: 0)
    let network = ToyNetwork()
    var options = Workflow.Options()
    options.epochLength = 3
    let trainer = try SupervisedTrainer(
      source: ToySource([1, 2, 3, 4], generator: generator), network: network,
      optimizer: ToyOptimizer(network), loss: ToyLoss(network), maxEpochs: 2, options: options,
      context: RunContext(
        output: ToySink(), cancellation: Cancellation(), generator: generator, seed: nil,
        threads: 1))
    trainer.differentiate = { _ in }
    let record = FiredEvents()
    trainer.on(.dataLoaderStopIteration) { record.add("after \($0.state.iteration)") }
    try trainer.run()
    #expect(record.events == ["after 2", "after 4"])
    #expect(trainer.state.iteration == 6)
  }

  @Test func noBatchesAreAFault() throws {
    let training = try ToyTraining(inputs: [])
    let fault = #expect(throws: Fault.self) { try training.trainer.run() }
    #expect(fault?.kind == .data)
    #expect(fault?.message == "there are no batches to run on")
  }
}

/// What fired, in order.
final class FiredEvents: Sendable {
  private let recorded = Mutex<[String]>([])

  var events: [String] { recorded.withLock { $0 } }
  func add(_ event: String) { recorded.withLock { $0.append(event) } }

  func attach(to workflow: Workflow, as name: String) {
    for event in Event.allCases {
      workflow.on(event) { [self] _ in add("\(name) \(event.rawValue)") }
    }
  }
}
