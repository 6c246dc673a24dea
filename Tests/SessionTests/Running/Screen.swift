import Components
import Synchronization

/// Keeps what a command writes.
final class Screen: OutputSink {
  private let lines = Mutex<[String]>([])
  var isLive: Bool { false }
  var text: String { lines.withLock { $0.joined(separator: "\n") } }

  /// What was written since the last time.
  func take() -> String {
    lines.withLock { lines in
      defer { lines = [] }
      return lines.joined(separator: "\n")
    }
  }

  func write(_ text: String, to channel: OutputChannel) {
    lines.withLock { $0.append(text) }
  }
}
