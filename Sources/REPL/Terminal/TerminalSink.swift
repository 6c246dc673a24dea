import Components
import Glibc
import Synchronization

/// Brings a session's output to stdout and stderr: results and log lines to the one, notes and the
/// live line to the other. Every write is a whole line; the sink adds the line end.
final class TerminalSink: OutputSink {
  /// Writes all bytes to a descriptor; replaced in tests.
  typealias Writer = @Sendable (_ descriptor: Int32, _ text: String) -> Void

  let terminal: Terminal
  private let size: @Sendable () -> (columns: Int, rows: Int)
  private let writer: Writer
  private let screen = Mutex(Screen())

  /// What stands at the end of the screen and can be taken back.
  private struct Screen {
    var hasLiveLine = false
    /// The picture that is drawn again and again, as long as nothing but the live line came after it.
    var picture: (id: String, rows: Int)?
  }

  init(
    terminal: Terminal,
    size: @escaping @Sendable () -> (columns: Int, rows: Int) = { Terminal.size() },
    writer: @escaping Writer = TerminalSink.write
  ) {
    (self.terminal, self.size, self.writer) = (terminal, size, writer)
  }

  /// Whether `.progress` is shown; without a terminal it is dropped.
  var isLive: Bool { terminal.isLive }

  func write(_ text: String, to channel: OutputChannel) {
    screen.withLock { screen in
      if channel == .progress {
        guard isLive else { return }
        let line = LiveLine.fit(shown(text), columns: size().columns)
        if screen.hasLiveLine || !line.isEmpty { writer(STDERR_FILENO, LiveLine.replace + line) }
        screen.hasLiveLine = !line.isEmpty
        return
      }
      write(text, to: channel == .note ? STDERR_FILENO : STDOUT_FILENO, on: &screen)
    }
  }

  private func write(_ text: String, to descriptor: Int32, on screen: inout Screen) {
    if screen.hasLiveLine { writer(STDERR_FILENO, LiveLine.replace) }
    screen = Screen()
    // What a script prints brings its own line end.
    writer(descriptor, shown(text) + (text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"))
  }

  /// A live picture is drawn over the one before it, where that is still the last thing on the screen.
  func show(_ output: RichOutput, as role: OutputRole) {
    guard case .live(let id) = role, isLive, terminal.isOutputTerminal else {
      return write(output.text, to: .result)
    }
    screen.withLock { screen in
      let before = screen.picture
      if let before, before.id == id {
        if screen.hasLiveLine { writer(STDERR_FILENO, LiveLine.replace) }
        screen.hasLiveLine = false
        writer(STDOUT_FILENO, "\u{1B}[\(before.rows)A\u{1B}[J")
      }
      write(output.text, to: STDOUT_FILENO, on: &screen)
      let (columns, most) = size()
      let rows = Pager.rows(of: output.text, columns: columns)
      if rows < most { screen.picture = (id, rows) }
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
      case "═": result += "="
      case "│": result += "|"
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
