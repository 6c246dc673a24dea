import Components
import Session
import Synchronization

/// The main shell or a subshell: a count of cells, and a place in the history.
final class Shell: Sendable {
  private struct State {
    var count = 0
    var session: Int?
  }

  private let history: KernelHistory
  private let state = Mutex(State())

  init(history: KernelHistory) { self.history = history }

  var count: Int { state.withLock { $0.count } }
  /// Its number in the history, once it has one.
  var session: Int? { state.withLock { $0.session } }

  /// The number of a cell that begins.
  func begin(_ code: String) -> Int {
    let (session, count) = state.withLock { state in
      state.count += 1
      let session = state.session ?? history.begin()
      state.session = session
      return (session, state.count)
    }
    history.append(.init(session: session, line: count, input: code))
    return count
  }
}

/// A cell that waits for the session's thread, and the shell that counts it.
struct WaitingCell: Sendable {
  var request: Request
  var shell: Shell
}
