import Components
import Testing

@testable import Engine

/// Log lines against those MONAI 0.8.1 with ignite 0.4.8 printed for the same training: w = .5,
/// b = .25, SGD with lr .01 and momentum .9, the rate halved each epoch.
@Suite struct WorkflowLogTests {
  @Test func linesAreMONAIs() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      evaluatorHandlers: { parts in
        [
          parts.stats(),
          parts.saver(folder.path) {
            $0.saveKeyMetric = true
            $0.keyMetricNSaved = 2
          },
        ]
      },
      handlers: { parts, evaluator in
        [
          parts.lrSchedule, parts.validation(evaluator),
          parts.saver(folder.path, whole: true) {
            $0.saveFinal = true
            $0.finalFilename = "checkpoint_final_iteration=4.pt"
            $0.saveInterval = 1
          },
          parts.stats(lossTag: "train_loss"),
        ]
      })
    try training.trainer.run()
    #expect(
      training.sink.log == [
        "Engine run resuming from iteration 0, epoch 0 until 2 epochs",
        "Epoch: 1/2, Iter: 1/2 -- train_loss: 9.5625 ",
        "Epoch: 1/2, Iter: 2/2 -- train_loss: 31.8378 ",
        "Current learning rate: 0.005",
        "Engine run resuming from iteration 0, epoch 0 until 1 epochs",
        "Got new best metric of val_score: 2.966224988301595",
        "Epoch[1] Metrics -- val_again: 2.9662 val_score: 2.9662 ",
        "Key metric: val_score best value: 2.966224988301595 at epoch: 1",
        "Epoch[1] Complete. Time taken: 00:00:00",
        "Engine run complete. Time taken: 00:00:00",
        "Saved checkpoint at epoch: 1",
        "Key metric: None best value: -1 at epoch: -1",
        "Epoch[1] Complete. Time taken: 00:00:00",
        "Epoch: 2/2, Iter: 1/2 -- train_loss: 3.8112 ",
        "Epoch: 2/2, Iter: 2/2 -- train_loss: 7.7373 ",
        "Current learning rate: 0.0025",
        "Engine run resuming from iteration 0, epoch 1 until 2 epochs",
        "Epoch[2] Metrics -- val_again: 1.2330 val_score: 1.2330 ",
        "Key metric: val_score best value: 2.966224988301595 at epoch: 1",
        "Epoch[2] Complete. Time taken: 00:00:00",
        "Engine run complete. Time taken: 00:00:00",
        "Saved checkpoint at epoch: 2",
        "Key metric: None best value: -1 at epoch: -1",
        "Epoch[2] Complete. Time taken: 00:00:00",
        "Train completed, saved final checkpoint: checkpoint_final_iteration=4.pt",
        "Engine run complete. Time taken: 00:00:00",
      ])
    #expect(
      try folder.names() == [
        "checkpoint_epoch=1.pt", "checkpoint_epoch=2.pt", "checkpoint_final_iteration=4.pt",
        "checkpoints.tsv", "net_key_metric=1.2330.pt", "net_key_metric=2.9662.pt",
        "run_state.pt",
      ])
    #expect(abs(training.network.w.number - 1.657_039_3) < 1e-6)
    #expect(abs(training.network.b.number - 0.681_556_94) < 1e-6)
  }

  @Test func theBestIsStrictlyGreaterAndNeverNaN() throws {
    let training = try ToyTraining(
      epochs: 6, scores: [0.5, .nan, 0.5, 0.4, 0.6, 0.6], handlers: { [$0.validation($1)] })
    let run = try training.trainer.run()
    #expect(
      training.sink.log.filter { $0.hasPrefix("Got new best") } == [
        "Got new best metric of val_score: 0.5", "Got new best metric of val_score: 0.6",
      ])
    #expect(run.best == 0.6)
    #expect(run.bestEpoch == 5)
    #expect(
      training.sink.notes == ["val_score is not a number at epoch 2; the best stays 0.5"])
  }

  @Test func aScoreOfZeroIsBetterThanNone() throws {
    let training = try ToyTraining(epochs: 1, scores: [0], handlers: { [$0.validation($1)] })
    #expect(try training.trainer.run().best == 0)
  }
}
