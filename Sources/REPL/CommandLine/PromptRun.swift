import ArgumentParser
import Components
import Glibc
import Session

/// What `etude` does without a subcommand: load or run what is named, then perhaps open the prompt.
struct PromptRun: Equatable {
  var file: String?
  var code: String?
  /// Open the prompt afterwards, whatever else was asked for.
  var isInteractive = false
  var skipsStartup = false
  var sets: [String] = []
  var threads: Int?
  var color = ColorChoice.auto

  /// - Throws: Only `ExitCode`.
  func run() throws {
    try Front.run(color) { front in
      let commands = EtudeCommand.configuration.subcommands.compactMap {
        $0.configuration.commandName
      }
      let opened = try file.map { try OpenedFile($0, commands: commands) }
      let opensPrompt = asksForPrompt(opened, front.sink.terminal)
      let session = makeSession(front, opensPrompt: opensPrompt)
      do { try run(opened, in: session, beforePrompt: opensPrompt) } catch {
        // -i is for looking around afterwards, above all after an error.
        guard isInteractive else { throw error }
        _ = front.report(error)
      }
      if opensPrompt {
        let status = try InteractivePrompt(session: session, front: front).run()
        if status != 0 { throw ExitCode(status) }
      }
    }
  }

  private func makeSession(_ front: Front, opensPrompt: Bool) -> EtudeSession {
    var options = SessionOptions()
    (options.sets, options.threads) = (sets, threads)
    options.cancellation = front.signals.cancellation
    options.display = front.display
    if opensPrompt {
      let question = TerminalQuestion(sink: front.sink, signals: front.signals)
      options.ask = { prompt throws(Fault) in try question.ask(prompt) }
    }
    return EtudeSession(options: options, output: front.sink)
  }

  /// The startup file (for a prompt), then what is named, then the code; without a prompt and without
  /// code, a loaded config is followed by the lines that are piped in.
  private func run(
    _ opened: OpenedFile?, in session: EtudeSession, beforePrompt: Bool
  ) throws {
    if beforePrompt, !skipsStartup, let startup = StartupFile.path() {
      try session.runScript(SourceText.read(file: startup), name: startup)
    }
    switch opened {
    case .script(let path)?: try runScript(path, in: session)
    case .config(let path)?: try session.load(path)
    case .standardInput?, nil: break
    }
    if let code { try session.runScript(code, name: "<command line>") }
    switch opened {
    case .standardInput?: try runScript("-", in: session)
    case .script?: break
    case .config?, nil: if code == nil, !beforePrompt { try runScript("-", in: session) }
    }
  }

  private func runScript(_ word: String, in session: EtudeSession) throws {
    let (text, name) = try SourceText.script(word)
    try session.runScript(text, name: name)
  }

  /// A prompt is for a terminal: when nothing else is asked for, or a config was loaded, or -i.
  private func asksForPrompt(_ opened: OpenedFile?, _ terminal: Terminal) -> Bool {
    guard terminal.isInputTerminal || isInteractive else { return false }
    switch opened {
    case .script?, .standardInput?: return isInteractive
    case .config?, nil: return isInteractive || code == nil
    }
  }
}
