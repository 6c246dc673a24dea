import Components
import Glibc
import Signals
import Synchronization

/// Asks the work to stop when its time is over, and ends the process if it does not.
final class TimeLimit: Sendable {
  private let seconds: Double
  /// How long the work may take to come to an end.
  private let grace: Double
  private let over = Atomic<Bool>(false)

  init(seconds: Double, grace: Double = 60) { (self.seconds, self.grace) = (seconds, grace) }

  var isOver: Bool { over.load(ordering: .relaxed) }

  func start(_ cancellation: Cancellation) {
    BackgroundThread.start { [self] in wait(cancellation) }
  }

  private func wait(_ cancellation: Cancellation) {
    Self.sleep(seconds)
    over.store(true, ordering: .relaxed)
    TerminalSink.write(STDERR_FILENO, "\nout of time; stopping after this step\n")
    cancellation.request()
    Self.sleep(grace)
    _exit(ExitStatus.timedOut)
  }

  private static func sleep(_ seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      let left = (end - ContinuousClock.now) / .microseconds(1)
      usleep(UInt32(min(max(left, 1), 500_000)))
    }
  }
}
