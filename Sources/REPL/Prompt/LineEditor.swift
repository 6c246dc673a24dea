import CEditline
import CSignals
import Components
import Glibc
import Synchronization

/// Completes the text left of the cursor.
///
/// `insertion` goes into the line; `listing` is shown above a fresh prompt.
struct Completion: Sendable, Equatable {
  var insertion: String
  var listing: String?

  static let nothing = Completion(insertion: "", listing: nil)
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

  /// libedit calls back through a C function pointer, which carries no state.
  private static let completer = Mutex<@Sendable (String) -> Completion>({ _ in .nothing })

  private let editor: OpaquePointer

  /// - Throws: `Fault` when libedit cannot start.
  init(completer: @escaping @Sendable (_ before: String) -> Completion) throws(Fault) {
    Self.completer.withLock { $0 = completer }
    etude_editor_prepare_locale()
    let opened = etude_editor_open("etude") { before, insertion, listing in
      guard let before else { return }
      let complete = LineEditor.completer.withLock { $0 }
      let completion = complete(String(cString: before))
      insertion?.pointee = strdup(completion.insertion)
      if let text = completion.listing { listing?.pointee = strdup(text) }
    }
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

  func remember(_ entry: String) { etude_editor_add_history(editor, entry) }

  /// Reads a history file; one that is not there yet is an empty one.
  func loadHistory(from path: String) { etude_editor_load_history(editor, path) }

  /// Writes beside the file and renames, so that an end in the middle loses nothing.
  func saveHistory(to path: String) throws(Fault) {
    let partial = "\(path).\(getpid())"
    guard etude_editor_save_history(editor, partial) >= 0, rename(partial, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(partial)
      throw Fault(.file, "cannot save the history in \(path.quoted): \(reason)")
    }
  }
}
