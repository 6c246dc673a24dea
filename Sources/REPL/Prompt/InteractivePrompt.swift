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
    let editor = try LineEditor { [session] before in
      if before.allSatisfy(\.isWhitespace) { return Completion(insertion: "  ", listing: nil) }
      let found = session.completions(before: begun.text + before)
      return CompletionMenu.completion(
        typed: found.typed, candidates: found.candidates,
        columns: Terminal.size(of: STDOUT_FILENO).columns)
    }
    let historyFile = HistoryFile.path()
    if let historyFile { editor.loadHistory(from: historyFile) }
    let loop = PromptLoop(
      .init(
        read: { prompt in try front.signals.atPrompt { try editor.read(prompt: prompt) } },
        run: runEntry, remember: editor.remember, say: { front.sink.write($0, to: .note) },
        lastWords: { lastWords() }),
      isColored: front.sink.terminal.usesColor, begun: begun)
    let status = try loop.run()
    if let historyFile {
      HistoryFile.makeFolder(for: historyFile)
      try editor.saveHistory(to: historyFile)
    }
    return status
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
