import Components
import Engine
import Synchronization

/// The runs of a session, numbered from 1.
final class RunLog: Sendable {
  struct Entry: Sendable {
    let number: Int
    let run: Run
    /// Its folder, or the value it tried; empty for a plain run.
    let title: String
  }

  private struct State {
    var entries: [Entry] = []
    /// The run whose lines were written last.
    var told: Run?
  }

  private let state = Mutex(State())

  /// Adds a run and returns its number.
  @discardableResult
  func add(_ run: Run, title: String = "") -> Int {
    state.withLock {
      $0.entries.append(Entry(number: $0.entries.count + 1, run: run, title: title))
      $0.told = run
      return $0.entries.count
    }
  }

  /// A run that did nothing is no run, but what there is to say about it was said.
  func pass(_ run: Run) { state.withLock { $0.told = run } }

  /// The training that the present weights come from.
  var lastTraining: (number: Int, run: Run)? {
    state.withLock { state in
      state.entries.last { $0.run.action == .training }.map { ($0.number, $0.run) }
    }
  }

  /// Whether its lines have been written, so that showing it as a value would repeat them.
  func isLast(_ run: Run) -> Bool { state.withLock { $0.told === run } }

  var entries: [Entry] { state.withLock { $0.entries } }
  var last: Run? { state.withLock { $0.entries.last?.run } }

  /// `run 3`, or its title.
  func name(of run: Run) -> String? {
    state.withLock { state in
      state.entries.first { $0.run === run }.map {
        $0.title.isEmpty ? "run \($0.number)" : $0.title
      }
    }
  }

  func table(showsTimes: Bool) -> Table {
    let rows = entries.map { entry -> [String] in
      let run = entry.run
      let best = run.best.map { best in
        "\(run.keyMetric ?? "") \(PythonNumber.text(of: best, decimals: 4))"
          + (run.bestEpoch.map { " (epoch \($0))" } ?? "")
      }
      return [
        "\(entry.number)", entry.title, run.action.title,
        run.action == .training ? "\(run.epochs)" : "", "\(run.iterations)",
        showsTimes ? run.time : "",
        run.loss ?? "", best ?? "", run.checkpoint ?? "", run.isInterrupted ? "interrupted" : "",
      ]
    }
    return Table(
      rows,
      head: [
        "#", "name", "what", "epochs", "iterations", "time", "loss", "metric", "checkpoint", "",
      ], right: [0, 3, 4])
  }
}

extension Run.Action {
  fileprivate var title: String {
    switch self {
    case .training: "train"
    case .validation: "validate"
    case .rateTest: "lr_range_test"
    }
  }
}
