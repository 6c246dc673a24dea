import CEditline
import CSignals
import Components
import Glibc
import Synchronization

/// What the completion key does to the line.
struct Completion: Sendable, Equatable {
  /// Characters left of the cursor that `insertion` replaces.
  var erased = 0
  var insertion = ""
  /// Shown above a fresh prompt.
  var listing: String?

  static let nothing = Completion()
}

/// The libedit line editor: one at a time, on the terminal the process runs in.
final class LineEditor {
  enum Input: Equatable {
    case line(String)
    /// Ctrl-D on an empty line, or the end of the input.
    case end
    /// A signal, usually Ctrl-C, while something was typed (now gone) or nothing was.
    case interrupted(lineWasEmpty: Bool)
  }

  typealias Completer = @Sendable (_ before: String, _ after: String) -> Completion

  /// libedit calls back through a C function pointer, which carries no state.
  private static let completer = Mutex<Completer>({ _, _ in .nothing })

  private let editor: OpaquePointer
  private var entries: [String] = []

  /// - Throws: `Fault` when libedit cannot start.
  init(completer: @escaping Completer) throws(Fault) {
    Self.completer.withLock { $0 = completer }
    etude_editor_prepare_locale()
    let opened = etude_editor_open(
      "etude",
      { before, after, erased, insertion, listing in
        guard let before, let after else { return }
        let complete = LineEditor.completer.withLock { $0 }
        let completion = complete(String(cString: before), String(cString: after))
        erased?.pointee = Int32(completion.erased)
        insertion?.pointee = strdup(completion.insertion)
        if let text = completion.listing { listing?.pointee = strdup(text) }
      }, etude_signals_wake())
    guard let opened else { throw Fault(.state, "the line editor cannot start") }
    editor = opened
  }

  deinit { etude_editor_close(editor) }

  func read(prompt: String) throws(Fault) -> Input {
    var text: UnsafePointer<CChar>?
    etude_editor_take_terminal(editor)
    etude_signals_keep_terminal_mode(STDIN_FILENO)
    let outcome = prompt.withCString { etude_editor_read(editor, $0, &text) }
    etude_signals_release_terminal_mode()
    switch etude_read_outcome(outcome) {
    case ETUDE_READ_LINE:
      guard let text else { return .end }
      return .line(String(cString: text))
    case ETUDE_READ_INTERRUPTED: return .interrupted(lineWasEmpty: true)
    case ETUDE_READ_CLEARED: return .interrupted(lineWasEmpty: false)
    case ETUDE_READ_END: return .end
    default:
      throw Fault(.state, "cannot read from the terminal: \(String(cString: strerror(errno)))")
    }
  }

  /// What the arrow keys bring back, the newest last.
  func remember(_ entries: [String]) {
    self.entries = entries
    etude_editor_clear_history(editor)
    for entry in entries { etude_editor_add_history(editor, entry) }
  }

  /// An entry that was there before moves to the end.
  func remember(_ entry: String) {
    if entries.last == entry { return }
    if entries.contains(entry) { return remember(entries.filter { $0 != entry } + [entry]) }
    entries.append(entry)
    etude_editor_add_history(editor, entry)
  }
}
