import Components
import Engine
import Plotting
import Synchronization

/// A picture that follows a training: drawn by a thread of its own, which always takes the newest
/// numbers, so that no iteration waits for it. What fails is said once, and the training goes on.
final class LivePlot: Sendable {
  /// When it is drawn anew.
  enum Pace: Sendable {
    /// A few times a second at most.
    case often
    /// Where pictures follow each other line by line: after an epoch, and once a second at most.
    case epochs

    fileprivate var interval: Duration {
      switch self {
      case .often: .milliseconds(400)
      case .epochs: .seconds(1)
      }
    }
  }

  private struct State {
    var newest: History?
    var isOver = false
  }

  private let pace: Pace
  private let draw: @Sendable (History) throws(Fault) -> Void
  private let fail: @Sendable (Fault) -> Void
  private let state = Monitor(State())
  private let lastOffer = Mutex<ContinuousClock.Instant?>(nil)
  private let worker = Mutex<WorkerThread?>(nil)
  private let hasFailed = Atomic<Bool>(false)

  /// - Parameters:
  ///   - draw: called on a thread of its own, one call after another.
  ///   - fail: told the first fault; nothing is drawn after it.
  init(
    _ pace: Pace, draw: @escaping @Sendable (History) throws(Fault) -> Void,
    fail: @escaping @Sendable (Fault) -> Void
  ) {
    (self.pace, self.draw, self.fail) = (pace, draw, fail)
  }

  /// A run begins.
  func begin() throws(Fault) {
    state.update { $0 = State() }
    lastOffer.withLock { $0 = nil }
    let thread = try WorkerThread { [self] in follow() }
    worker.withLock { $0 = thread }
  }

  /// The numbers so far; taken when it is time to draw anew. Never waits.
  func offer(_ history: @autoclosure () -> History, isWholeEpoch: Bool = false) {
    if hasFailed.load(ordering: .relaxed) || (pace == .epochs && !isWholeEpoch) { return }
    let isTime = lastOffer.withLock { last in
      let now = ContinuousClock.now
      if let last, now - last < pace.interval { return false }
      last = now
      return true
    }
    if isTime { state.update { $0.newest = history() } }
  }

  /// The run is over; its last state is drawn when this returns.
  func end(_ history: History) {
    state.update { ($0.newest, $0.isOver) = (history, true) }
    worker.withLock { worker in
      worker?.join()
      worker = nil
    }
  }

  private func follow() {
    while let (history, isLast) = next() {
      if !hasFailed.load(ordering: .relaxed) {
        do throws(Fault) { try draw(history) } catch {
          hasFailed.store(true, ordering: .relaxed)
          fail(error)
        }
      }
      if isLast { return }
    }
  }

  private func next() -> (history: History, isLast: Bool)? {
    state.wait { state in
      guard let newest = state.newest else { return nil }
      state.newest = nil
      return (newest, state.isOver)
    }
  }
}
