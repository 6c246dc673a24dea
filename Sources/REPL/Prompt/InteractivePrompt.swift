import Components
import Glibc
import Session

/// The prompt on a terminal: line editor, history and completion around one session.
struct InteractivePrompt {
  let session: EtudeSession
  let front: Front

  /// - Returns: The exit status.
  func run() throws -> Int32 {
    let begun = EntryBegun()
    let editor = try LineEditor { [session] before, after in
      if before.allSatisfy(\.isWhitespace) { return Completion(insertion: "  ") }
      let text = begun.text + before
      let found = session.completions(text + after, at: text.unicodeScalars.count)
      let typed = before.unicodeScalars.suffix(found.range.count)
      return CompletionMenu.completion(
        typed: String(typed), found, columns: Terminal.size(of: STDOUT_FILENO).columns)
    }
    let history = HistoryFile.path().map(HistoryFile.init)
    if let history { editor.remember(history.entries()) }
    let loop = PromptLoop(
      .init(
        read: { prompt in try front.signals.atPrompt { try editor.read(prompt: prompt) } },
        run: runEntry,
        remember: { entry in
          editor.remember(entry)
          do throws(Fault) { try history?.append(entry) } catch {
            // Typing goes on without; once is enough to know.
            session.noteOnce(error.message)
          }
        },
        say: { front.sink.write($0, to: .note) }, unsaved: { session.unsavedWork },
        lastWords: { lastWords() }),
      isColored: front.sink.terminal.usesColor, begun: begun)
    return try loop.run()
  }

  private func runEntry(_ entry: String, name: String) -> PromptLoop.Reply {
    do {
      switch try session.run(entry, name: name) {
      case .incomplete(let open): return .incomplete(open: open)
      case .done: front.sink.clearLiveLine()
      }
    } catch {
      _ = front.report(error)
    }
    return .done
  }

  /// SIGTERM and SIGHUP end the prompt; Ctrl-C ends at most what runs.
  private func lastWords() -> Int32? {
    guard let signal = front.signals.lastSignal, signal != SIGINT else { return nil }
    return 128 + signal
  }
}
