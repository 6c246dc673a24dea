import Components
import Glibc
import Synchronization

/// Brings a session's output to stdout and stderr: results and log lines to the one, notes and the
/// live line to the other. Every write is a whole line; the sink adds the line end.
final class TerminalSink: OutputSink {
  /// Writes all bytes to a descriptor; replaced in tests.
  typealias Writer = @Sendable (_ descriptor: Int32, _ text: String) -> Void

  let terminal: Terminal
  private let columns: @Sendable () -> Int
  private let writer: Writer
  private let hasLiveLine = Mutex(false)

  init(
    terminal: Terminal, columns: @escaping @Sendable () -> Int = { Terminal.size().columns },
    writer: @escaping Writer = TerminalSink.write
  ) {
    (self.terminal, self.columns, self.writer) = (terminal, columns, writer)
  }

  /// Whether `.progress` is shown; without a terminal it is dropped.
  var isLive: Bool { terminal.isLive }

  func write(_ text: String, to channel: OutputChannel) {
    hasLiveLine.withLock { hasLiveLine in
      if channel == .progress {
        guard isLive else { return }
        let line = LiveLine.fit(shown(text), columns: columns())
        if hasLiveLine || !line.isEmpty { writer(STDERR_FILENO, LiveLine.replace + line) }
        hasLiveLine = !line.isEmpty
        return
      }
      if hasLiveLine { writer(STDERR_FILENO, LiveLine.replace) }
      hasLiveLine = false
      let descriptor = channel == .note ? STDERR_FILENO : STDOUT_FILENO
      // What a script prints brings its own line end.
      writer(descriptor, shown(text) + (text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"))
    }
  }

  /// Takes the live line away, before the prompt or the end.
  func clearLiveLine() { write("", to: .progress) }

  /// As the terminal's character set has it.
  func shown(_ text: String) -> String {
    terminal.isUnicode ? text : PlainText.ascii(text)
  }

  /// Writes everything, whatever the pieces; a reader that is gone is no reason to stop training.
  static func write(_ descriptor: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var written = 0
      while written < bytes.count {
        let count = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
        if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
        guard count > 0 else { return }
        written += count
      }
    }
  }
}

/// The one line that is written over itself.
enum LiveLine {
  /// To the line's start, then clear it.
  static let replace = "\r\u{1B}[2K"

  /// The first line of the text, cut so that the cursor stays on the row.
  static func fit(_ text: String, columns: Int) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count < columns ? String(line) : String(line.prefix(max(columns - 1, 0)))
  }
}

/// What stands in for the few signs beyond ASCII where the locale has none.
enum PlainText {
  static func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "█", "▉", "▊", "▋", "▌", "▍", "▎": result += "#"
      case "▕", "▏", "–", "—", "─": result += "-"
      case "→": result += "->"
      case "×": result += "x"
      case "·": result += "|"
      case "…": result += "..."
      case "≤": result += "<="
      case "≥": result += ">="
      case "É": result += "E"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
