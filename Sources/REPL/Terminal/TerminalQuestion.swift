import CSignals
import Components
import Glibc

/// A line asked of whoever sits at the terminal while an entry runs.
struct TerminalQuestion: Sendable {
  let sink: TerminalSink
  let signals: SignalWatch

  func ask(_ prompt: String) throws(Fault) -> String {
    sink.clearLiveLine()
    return try signals.atPrompt { () throws(Fault) in
      // An interrupt is for the line as soon as the question can be seen.
      TerminalSink.write(STDOUT_FILENO, sink.shown(prompt))
      return try readLine()
    }
  }

  /// Byte by byte, so that nothing is taken from what is read after it.
  private func readLine() throws(Fault) -> String {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      var watched = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: etude_signals_wake(), events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&watched, nfds_t(watched.count), -1)
      if signals.lastSignal != nil { throw Fault(.interrupted, "interrupted") }
      // What woke us up was the size of the window, say.
      if ready < 0 || watched[0].revents == 0 {
        etude_signals_clear()
        continue
      }
      guard read(STDIN_FILENO, &byte, 1) == 1 else {
        throw Fault(.state, "input() was given no line: the input has ended")
      }
      if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
      line.append(byte)
    }
  }
}
