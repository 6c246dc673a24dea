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
      let session = try open(front)
      if let code { try runText(code, name: "<command line>", in: session) }
      if asksForPrompt(front.sink.terminal) {
        let status = try InteractivePrompt(session: session, front: front).run()
        if status != 0 { throw ExitCode(status) }
      } else if file == nil && code == nil {
        try runStandardInput(in: session)
      }
    }
  }

  /// A session with the startup file run (for a prompt) and the named file loaded or run.
  private func open(_ front: Front) throws -> EtudeSession {
    var options = SessionOptions()
    (options.sets, options.threads) = (sets, threads)
    options.cancellation = front.signals.cancellation
    let session = EtudeSession(options: options, output: front.sink)
    if asksForPrompt(front.sink.terminal), !skipsStartup, let startup = StartupFile.path() {
      try runText(SourceText.read(file: startup), name: startup, in: session)
    }
    guard let file else { return session }
    let commands = EtudeCommand.configuration.subcommands.compactMap {
      $0.configuration.commandName
    }
    switch try OpenedFile(file, commands: commands) {
    case .standardInput: try runStandardInput(in: session)
    case .script(let path): try runText(SourceText.read(file: path), name: path, in: session)
    case .config(let path): try session.load(path)
    }
    return session
  }

  /// A prompt is for a terminal: when nothing else is asked for, or a config was loaded, or -i.
  private func asksForPrompt(_ terminal: Terminal) -> Bool {
    guard terminal.isInputTerminal || isInteractive else { return false }
    let isScript = file == "-" || file?.hasSuffix(".etude") == true
    return isInteractive || (code == nil && !isScript)
  }

  private func runStandardInput(in session: EtudeSession) throws {
    try runText(
      SourceText.read(descriptor: STDIN_FILENO, name: "<stdin>"), name: "<stdin>", in: session)
  }

  private func runText(_ text: String, name: String, in session: EtudeSession) throws {
    try session.runScript(text, name: name)
  }
}
