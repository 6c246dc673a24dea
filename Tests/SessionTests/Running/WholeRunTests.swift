import Components
import Engine
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Session

/// The seed's `config_train.json` as a user runs it, on four small volumes: what goes through the
/// network, and what comes of it, against the same run by MONAI 0.8.1.
///
/// Tolerances: two threads instead of one move MONAI's own losses by 1e-5, train_acc by 1.5e-4 and
/// val_mean_dice by 5e-5.
@Suite(.serialized) struct WholeRunTests {
  private static let root = ParityFixture.folder.deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let data = ParityFixture.folder.appendingPathComponent("whole_run").path

  /// What the network saw, patch by patch.
  private final class Batches: Sendable {
    private let state = Mutex<[(image: Double, label: Double)]>([])
    /// The sum of each patch's image, and the number of its foreground voxels.
    var sums: [(image: Double, label: Double)] { state.withLock { $0 } }

    func add(_ trainer: Workflow) {
      guard case .batch(let batch) = trainer.state.batch, let image = batch.tensor("image"),
        let label = batch.tensor("label")
      else { return }
      func sums(_ tensor: Tensor) -> [Double] {
        let values = tensor.doubles()
        let size = values.count / tensor.shape[0]
        return (0..<tensor.shape[0]).map { item in
          values[item * size..<(item + 1) * size].reduce(0, +)
        }
      }
      state.withLock { $0 += zip(sums(image), sums(label)).map { ($0, $1) } }
    }
  }

  private func train(amp: Bool, sawBatch: @escaping (Workflow) -> Void = { _ in }) throws -> Run {
    let models = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())")
    defer {
      do { try FileManager.default.removeItem(at: models) } catch { Issue.record(error) }
    }
    let session = EtudeSession(output: RecordingSink())
    let workflow = WorkflowOptions(
      mmar: Self.root.appendingPathComponent("examples/spleen").path,
      sets: [
        "DATA_ROOT=\(Self.data)", "DATASET_JSON=\(Self.data)/dataset.json",
        "MMAR_CKPT_DIR=\(models.path)", "epochs=10", "num_interval_per_valid=4", "amp=\(amp)",
        "train.pre_transforms.RandCropByPosNegLabeld.spatial_size=[32,32,32]",
        "validate.inferer.roi_size=[32,32,32]", "train.dataloader.num_workers=0",
        "validate.dataloader.num_workers=0",
      ])
    try session.open(workflow, defaultConfig: TrainOptions.defaultConfig)
    try session.trainer().on(.forwardCompleted) { sawBatch($0) }
    return try session.train(TrainingRequest())
  }

  private func series(_ name: String, _ run: Run) -> [Double] { run.history[name]?.values ?? [] }

  @Test func theSeedsConfigTrainsAsMONAITrainsIt() throws {
    let fixture = try ParityFixture("whole_run")
    let batches = Batches()
    let run = try train(amp: false) { batches.add($0) }

    let sums = try fixture.doubles("twice/patch_sums")
    let seen = batches.sums
    try #require(seen.count == 120 && sums.count == 240)
    for (index, patch) in seen.enumerated() {
      #expect((patch.image - sums[2 * index]).magnitude <= 1e-5 * sums[2 * index].magnitude)
      #expect(patch.label == sums[2 * index + 1])
    }
    let losses = series("train_loss", run)
    #expect(losses.isClose(to: try fixture.doubles("twice/losses"), within: 5e-5))
    #expect(
      series("train_acc", run).isClose(to: try fixture.doubles("twice/train_acc"), within: 5e-4))
    #expect(
      series("val_mean_dice", run)
        .isClose(to: try fixture.doubles("twice/val_mean_dice"), within: 5e-4))

    // bfloat16 in the network, and nothing else, may move the series; without it nothing does.
    let mixedLosses = series("train_loss", try train(amp: true))
    #expect(mixedLosses.isClose(to: losses, within: 1e-3))
    #expect((mixedLosses != losses) == (try ForwardMode.Precision.bfloat16.isSupported()))
  }
}
