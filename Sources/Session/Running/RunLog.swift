import Components
import Engine
import Synchronization

/// The runs of a session, numbered from 1.
final class RunLog: Sendable {
  private let runs = Mutex<[Run]>([])

  /// Adds a run and returns its number.
  func add(_ run: Run) -> Int {
    runs.withLock {
      $0.append(run)
      return $0.count
    }
  }

  /// Whether its lines have been written, so that showing it as a value would repeat them.
  func isLast(_ run: Run) -> Bool { last === run }

  /// The training that the present weights come from.
  var lastTraining: (number: Int, run: Run)? {
    runs.withLock { runs in
      runs.lastIndex { $0.action == .training }.map { ($0 + 1, runs[$0]) }
    }
  }

  var all: [Run] { runs.withLock { $0 } }
  var last: Run? { runs.withLock { $0.last } }
}
