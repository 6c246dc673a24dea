import Synchronization

/// The display that the runs of a session share: a validation within a training shows itself where the
/// training does.
final class LiveDisplay: Sendable {
  struct Entry {
    let id: String
    let isOutermost: Bool
  }

  private let state = Mutex((id: "", depth: 0))

  func enter() -> Entry {
    state.withLock { state in
      if state.depth == 0 { state.id = RunIdentity().description }
      state.depth += 1
      return Entry(id: state.id, isOutermost: state.depth == 1)
    }
  }

  func leave() { state.withLock { $0.depth -= 1 } }
}
