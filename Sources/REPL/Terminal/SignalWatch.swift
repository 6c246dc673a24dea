import CSignals
import Components
import Glibc
import Signals
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into requests to stop, and a second one into the end.
///
/// The handlers are in C and only write a byte; a thread of its own reads it. So a request is heard
/// while the main thread is inside a long native call.
final class SignalWatch: Sendable {
  let cancellation: Cancellation
  /// Signals since the present piece of work began.
  private let heard = Atomic<Int>(0)

  /// Installs the handlers.
  ///
  /// - Throws: `Fault` when the system refuses them.
  init(cancellation: Cancellation) throws(Fault) {
    self.cancellation = cancellation
    let descriptor = etude_signals_install()
    guard descriptor >= 0 else {
      throw Fault(.state, "cannot handle signals: \(String(cString: strerror(errno)))")
    }
    BackgroundThread.start { [self] in listen(on: descriptor) }
  }

  /// The signal that asked to stop since the last work began, if any.
  var lastSignal: Int32? {
    let number = etude_signals_last()
    return number == 0 ? nil : number
  }

  /// Waits for a line with `read`; an interrupt from before it is forgotten, SIGTERM and SIGHUP are
  /// not. What runs afterwards begins with no request against it.
  func atPrompt<T, E>(_ read: () throws(E) -> T) throws(E) -> T {
    // An interrupt from here on is for the line alone.
    etude_signals_await_line(1)
    if lastSignal == nil || lastSignal == SIGINT { etude_signals_clear() }
    defer {
      heard.store(0, ordering: .relaxed)
      etude_signals_await_line(0)
      if lastSignal == SIGINT { etude_signals_clear() }
      if lastSignal == nil { cancellation.reset() }
    }
    return try read()
  }

  private func listen(on descriptor: Int32) {
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else { return }
      react(to: Int32(byte))
    }
  }

  private func react(to signal: Int32) {
    if signal == SIGINT || etude_signals_awaits_line() == 0 {
      if heard.add(1, ordering: .relaxed).newValue > 1 { end(with: signal) }
      cancellation.request()
      TerminalSink.write(
        STDERR_FILENO, "\nstopping after this step; once more to stop at once, without saving\n")
    } else {
      // The editor wakes up by itself, unless the signal came just before it began to read.
      cancellation.request()
      usleep(700_000)
      end(with: signal)
    }
  }

  private func end(with signal: Int32) -> Never {
    etude_signals_restore_terminal()
    TerminalSink.write(STDERR_FILENO, "\n")
    _exit(128 + signal)
  }
}
