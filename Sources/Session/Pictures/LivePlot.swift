import Components
import Engine
import Plotting
import Synchronization

/// A picture that follows a training: drawn by a thread of its own, which always takes the newest
/// numbers, so that no iteration waits for it; what there is to show is shown by the training's thread,
/// at its next iteration. What fails is said once, and the training goes on.
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
    var drawn: RichOutput?
    var fault: Fault?
    var isOver = false
  }

  private let pace: Pace
  private let draw: @Sendable (History) throws(Fault) -> RichOutput?
  private let output: any OutputSink
  private let state = Monitor(State())
  private let lastOffer = Mutex<ContinuousClock.Instant?>(nil)
  private let worker = Mutex<WorkerThread?>(nil)
  private let hasFailed = Atomic<Bool>(false)
  /// Of the run at work: its pictures take each other's place.
  private let id = Mutex("")

  /// - Parameter draw: called on a thread of its own, one call after another; gives what is to be
  ///   shown, nil when it has shown it itself.
  init(
    _ pace: Pace, _ output: any OutputSink,
    draw: @escaping @Sendable (History) throws(Fault) -> RichOutput?
  ) {
    (self.pace, self.output, self.draw) = (pace, output, draw)
  }

  /// A run begins.
  func begin() throws(Fault) {
    state.update { $0 = State() }
    lastOffer.withLock { $0 = nil }
    id.withLock { $0 = RunIdentity().description }
    let thread = try WorkerThread { [self] in follow() }
    worker.withLock { $0 = thread }
  }

  /// The numbers so far; taken when it is time to draw anew. Never waits.
  func offer(_ history: @autoclosure () -> History, isWholeEpoch: Bool = false) {
    show()
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
    show()
  }

  /// What has been drawn since the last time.
  private func show() {
    let (drawn, fault) = state.update { state in
      defer { (state.drawn, state.fault) = (nil, nil) }
      return (state.drawn, state.fault)
    }
    if let drawn { output.show(drawn, as: .live(id: id.withLock { $0 })) }
    if let fault {
      output.write(
        "the live picture ends, the training goes on: \(fault.message)", to: .note)
    }
  }

  private func follow() {
    while let (history, isLast) = next() {
      if !hasFailed.load(ordering: .relaxed) {
        do throws(Fault) {
          let drawn = try draw(history)
          state.update { $0.drawn = drawn ?? $0.drawn }
        } catch {
          hasFailed.store(true, ordering: .relaxed)
          state.update { $0.fault = error }
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
