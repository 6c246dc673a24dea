import Components
import Engine
import Foundation
import Session

/// A copy of examples/spleen with three tiny volumes, in a folder that disappears with the test.
final class SmallMMAR {
  let root: String
  /// Two cases to train with, one to validate; 32³ voxels.
  var list: String { root + "/data/dataset.json" }

  static var example: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("examples/spleen").path
  }

  init() throws {
    root =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-mmar-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Self.example + "/config", toPath: root + "/config")
    try EtudeSession.synthesize(
      SynthesizeOptions(directory: root + "/data", count: 3, shape: [32, 32, 32]),
      output: Screen(), cancellation: Cancellation())
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private let small = [
    "epochs=1", "num_interval_per_valid=1", "train.model.channels=[4,8]",
    "train.model.strides=[2]", "train.pre_transforms[4].spatial_size=[16,16,16]",
    "validate.inferer.roi_size=[16,16,16]",
  ]

  /// What makes a training of this MMAR's config a matter of seconds; no worker threads, so that
  /// every draw comes in one order.
  var smallSets: [String] {
    ["DATA_ROOT=\(root)/data", "DATASET_JSON=\(list)", "network_summary=null"] + small + [
      "train.dataloader.num_workers=0", "validate.dataloader.num_workers=0", "amp=false",
    ]
  }

  private func workflow(_ config: String?, _ sets: [String]) -> WorkflowOptions {
    WorkflowOptions(
      mmar: root, config: config,
      sets: ["DATA_ROOT=\(root)/data", "DATASET_JSON=\(list)", "network_summary=null"] + sets)
  }

  /// One epoch of a network with two levels on crops of 16³.
  @discardableResult
  func train(config: String? = nil, _ sets: String...) throws -> Screen {
    let screen = Screen()
    try EtudeSession.train(
      TrainOptions(workflow: workflow(config, small + sets)), output: screen,
      cancellation: Cancellation())
    return screen
  }

  @discardableResult
  func evaluate(_ config: String? = nil, _ sets: String...) throws -> Screen {
    let screen = Screen()
    try EtudeSession.evaluate(
      EvaluateOptions(
        workflow: workflow(config, ["inferer.roi_size=[16,16,16]"] + sets)),
      output: screen, cancellation: Cancellation())
    return screen
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: root + "/" + name, atomically: true, encoding: .utf8)
  }

  func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root + "/" + folder).sorted()
  }
}
