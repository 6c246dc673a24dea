import Components
import Synchronization

/// Reads entries of one or more lines and has them run, until the user leaves.
///
/// Ctrl-C clears what is typed; on an empty prompt it says how to leave, and twice in a row leaves.
/// Ctrl-D leaves, or drops an entry that was begun. Where work would be lost, leaving is asked for twice.
final class PromptLoop {
  /// What came of an entry.
  enum Reply: Equatable {
    case done
    /// More lines are needed; what is open, for the prompt: `(`, `:`, `'''`.
    case incomplete(open: String)
    case leave(status: Int32)
  }

  /// The world around the loop.
  struct Surroundings {
    var read: (_ prompt: String) throws -> LineEditor.Input
    var run: (_ entry: String, _ name: String) -> Reply
    var remember: (_ entry: String) -> Void
    var say: (_ note: String) -> Void
    /// What would be lost by leaving now.
    var unsaved: () -> String?
    /// The status to leave with when a signal other than Ctrl-C came.
    var lastWords: () -> Int32?
  }

  private let surroundings: Surroundings
  private let isColored: Bool
  /// The lines before the one being typed; completion looks at them from libedit's callback.
  private let begun: EntryBegun
  private var open = ""
  private var interruptsInARow = 0
  private var hasAsked = false
  private var entries = 0

  init(_ surroundings: Surroundings, isColored: Bool, begun: EntryBegun = EntryBegun()) {
    (self.surroundings, self.isColored, self.begun) = (surroundings, isColored, begun)
  }

  /// - Returns: The exit status: 0, 130 after Ctrl-C twice, 128 + n after another signal.
  func run() throws -> Int32 {
    while true {
      let input = try surroundings.read(prompt)
      if let status = surroundings.lastWords() { return status }
      switch input {
      case .line(let line):
        interruptsInARow = 0
        if let status = take(line) { return status }
      case .end:
        surroundings.say("")
        if begun.isEmpty, mayLeave("Ctrl-D") { return 0 }
        begun.clear()
      case .interrupted(let lineWasEmpty):
        surroundings.say("")
        interruptsInARow += 1
        if lineWasEmpty && begun.isEmpty {
          if interruptsInARow > 1, mayLeave("Ctrl-C") { return 130 }
          if interruptsInARow == 1 {
            surroundings.say("Ctrl-D leaves, and so does Ctrl-C once more")
          }
        } else {
          interruptsInARow = 0
          begun.clear()
        }
      }
    }
  }

  private var prompt: String {
    begun.isEmpty
      ? PromptText.first(colored: isColored) : PromptText.next(open: open, colored: isColored)
  }

  /// False the first time that something would be lost, which is said.
  private func mayLeave(_ key: String) -> Bool {
    guard !hasAsked, let lost = surroundings.unsaved() else { return true }
    hasAsked = true
    surroundings.say("\(lost); \(key) again leaves")
    return false
  }

  private static let leaving: Set<String> = ["exit", "quit", "exit()", "quit()"]

  private func take(_ line: String) -> Int32? {
    let isFirst = begun.isEmpty
    if isFirst && line.allSatisfy(\.isWhitespace) { return nil }
    if isFirst && Self.leaving.contains(line.filter { $0 != " " }) {
      return mayLeave("exit") ? 0 : nil
    }
    hasAsked = false
    let entry = begun.append(line)
    let reply = surroundings.run(entry, "cell \(entries + 1)")
    if case .incomplete(let open) = reply {
      self.open = open
      return nil
    }
    begun.clear()
    entries += 1
    surroundings.remember(entry.trimmingLineEnds)
    if case .leave(let status) = reply { return status }
    return surroundings.lastWords()
  }
}

/// The lines of an entry that is not complete yet.
final class EntryBegun: Sendable {
  private let lines = Mutex<[String]>([])

  var isEmpty: Bool { lines.withLock(\.isEmpty) }
  /// The lines so far, each with its end.
  var text: String { lines.withLock { $0.map { $0 + "\n" }.joined() } }
  func clear() { lines.withLock { $0.removeAll() } }

  /// - Returns: The whole entry.
  func append(_ line: String) -> String {
    lines.withLock {
      $0.append(line)
      return $0.joined(separator: "\n")
    }
  }
}

extension String {
  fileprivate var trimmingLineEnds: String {
    var text = Substring(self)
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}
