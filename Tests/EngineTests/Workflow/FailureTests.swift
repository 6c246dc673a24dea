import Components
import Testing

@testable import Engine

@Suite struct FailureTests {
  @Test func aLossThatIsNotANumberStopsBeforeTheStep() throws {
    let training = try ToyTraining(poisonedCall: 3)
    let fault = #expect(throws: Fault.self) { try training.trainer.run() }
    #expect(fault?.kind == .numeric)
    #expect(fault?.message == "the loss is nan at iteration 3 (epoch 2)")
    #expect(
      fault?.notes == [
        "the learning rate was 0.01; the weights are those before this iteration",
        "the batch is of data/case_0.nii.gz, data/case_1.nii.gz",
      ])
    let twoSteps = try ToyTraining()
    try twoSteps.trainer.run(iterations: 2)
    #expect(training.network.w.number == twoSteps.network.w.number)
    #expect(training.trainer.history["train_loss"]?.positions == [1, 2])
  }

  @Test func onlyTheFirstExceptionHandlerActs() throws {
    let training = try ToyTraining(poisonedCall: 1)
    let record = FiredEvents()
    training.trainer.onException { _, _ in record.add("first") }
    training.trainer.onException { _, _ in record.add("second") }
    #expect(throws: Fault.self) { try training.trainer.run() }
    #expect(record.events == ["first"])
  }

  @Test func aSaverBeforeTheStatsHandlerSavesAtAnException() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      poisonedCall: 2,
      handlers: { parts, _ in [parts.saver(folder.path) { $0.saveFinal = true }, parts.stats()] })
    #expect(throws: Fault.self) { try training.trainer.run() }
    #expect(
      training.sink.log == [
        "Engine run resuming from iteration 0, epoch 0 until 2 epochs",
        "Current run is terminating due to exception: the loss is nan at iteration 2 (epoch 1)",
        "Engine run is terminating due to exception: the loss is nan at iteration 2 (epoch 1)",
        "Exception raised, saved the last checkpoint: final_model.pt",
      ])
    #expect(try folder.names().contains("final_model.pt"))
  }

  @Test func theStatsHandlerBeforeASaverKeepsItFromSaving() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      poisonedCall: 2,
      handlers: { parts, _ in [parts.stats(), parts.saver(folder.path) { $0.saveFinal = true }] })
    #expect(throws: Fault.self) { try training.trainer.run() }
    #expect(training.sink.log.last == "Exception: the loss is nan at iteration 2 (epoch 1)")
    #expect(!(try folder.names()).contains("final_model.pt"))
  }

  @Test func trainingGoesOnAfterAFailure() throws {
    let training = try ToyTraining(poisonedCall: 2)
    #expect(throws: Fault.self) { try training.trainer.run() }
    let run = try training.trainer.run()
    #expect(training.trainer.state.iteration == 4)
    #expect(training.trainer.state.epoch == 2)
    #expect(run.iterations == 2)
  }
}
