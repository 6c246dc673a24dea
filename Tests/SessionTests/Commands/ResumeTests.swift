import Components
import Foundation
import Testing

@testable import Session

@Suite(.serialized) struct ResumeTests {
  private func train(_ mmar: SmallMMAR, _ resume: TrainOptions.Resume, epochs: Int) throws -> Screen
  {
    let screen = Screen()
    let sets = [
      "DATA_ROOT=\(mmar.root)/data", "DATASET_JSON=\(mmar.list)", "network_summary=null",
      "amp=false", "epochs=\(epochs)", "num_interval_per_valid=1", "train.model.channels=[4,8]",
      "train.model.strides=[2]", "train.pre_transforms[4].spatial_size=[16,16,16]",
      "validate.inferer.roi_size=[16,16,16]",
    ]
    try EtudeSession.train(
      TrainOptions(workflow: WorkflowOptions(mmar: mmar.root, sets: sets), resume: resume),
      output: screen, cancellation: Cancellation())
    return screen
  }

  /// The curves are those of the whole training, and are drawn again when it had finished.
  @Test func curvesOfAResumedTrainingBeginAtItsFirstIteration() throws {
    let mmar = try SmallMMAR()
    _ = try train(mmar, .no, epochs: 3)
    let curves = mmar.root + "/models/curves.svg"
    let first = try String(contentsOfFile: curves, encoding: .utf8)
    try FileManager.default.removeItem(atPath: curves)
    let screen = try train(mmar, .newest, epochs: 3)
    #expect(
      screen.text.contains("resumed \(mmar.root)/models/run_state.pt at epoch 3, iteration 3"))
    #expect(try String(contentsOfFile: curves, encoding: .utf8) == first)
  }
}
