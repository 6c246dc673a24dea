import Components
import Engine
import Script
import Synchronization
import TestSupport

@testable import Session

/// A session on a small MMAR that is typed at, a cell at a time, as at a prompt.
final class TypedSession {
  let mmar: SmallMMAR
  let session: EtudeSession
  private let screen = TypedScreen()
  private var cell = 0

  /// Loads a config of two levels, crops of 16³, six epochs with a validation in each.
  init(on mmar: SmallMMAR? = nil, workers: Int = 0, _ sets: String...) throws {
    self.mmar = try mmar ?? SmallMMAR()
    let root = self.mmar.root
    let small = [
      "DATA_ROOT=\(root)/data", "DATASET_JSON=\(self.mmar.list)", "network_summary=null",
      "amp=false",
      "epochs=6", "num_interval_per_valid=1", "train.model.channels=[4,8]",
      "train.model.strides=[2]", "train.pre_transforms[4].spatial_size=[16,16,16]",
      "validate.inferer.roi_size=[16,16,16]", "train.dataloader.num_workers=\(workers)",
      "validate.dataloader.num_workers=\(workers)",
    ]
    session = EtudeSession(options: SessionOptions(sets: small + sets), output: screen)
    try session.load(root)
    _ = screen.take()
  }

  /// Runs each text as a cell. Returns notes and results, paths counted from the MMAR.
  @discardableResult
  func type(_ cells: String...) throws -> String {
    for text in cells {
      cell += 1
      _ = try session.run(text, name: "cell \(cell)")
    }
    return screen.take().replacing(mmar.root, with: "MMAR")
  }

  /// The fault of a cell that has to fail.
  func fault(_ text: String) -> Fault? {
    do { try type(text) } catch { return error as? Fault }
    return nil
  }

  func object(_ name: String, in section: Section = .train) throws -> any Object {
    guard case .object(let object)? = try session.object(name, in: section) else {
      throw Fault(.state, "\(name) is no object")
    }
    return object
  }

  var trainer: SupervisedTrainer { get throws { try session.trainer() } }

  /// Weights, moments and the scheduler's count, bit for bit.
  func learned() throws -> [String] {
    let trainer = try trainer
    return try flattened(trainer.network.state(), "network")
      + flattened(trainer.optimizer.state(), "optimizer")
      + ["epoch \(trainer.state.epoch)", "iteration \(trainer.state.iteration)"]
  }

  private func flattened(_ state: StateValue, _ path: String) -> [String] {
    switch state {
    case .dict(let entries):
      entries.entries.flatMap { flattened($0.value, "\(path).\($0.key)") }
    case .list(let items), .tuple(let items):
      items.enumerated().flatMap { flattened($0.element, "\(path).\($0.offset)") }
    case .tensor(let tensor): ["\(path) \(tensor.doubles())"]
    default: ["\(path) \(state)"]
    }
  }
}

/// Keeps notes and results.
private final class TypedScreen: OutputSink {
  private let lines = Mutex<[String]>([])

  func write(_ text: String, to channel: OutputChannel) {
    guard channel == .note || channel == .result else { return }
    lines.withLock { $0.append(text) }
  }

  func take() -> String {
    lines.withLock { lines in
      defer { lines = [] }
      return lines.joined(separator: "\n")
    }
  }
}
