import ArgumentParser
import Session

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a script with other values for its parameters.",
    discussion: """
      The parameters are the names that the script's cell tagged "parameters" assigns, or all that \
      it assigns at its top level. A name it does not assign, or a value of another type, is an \
      error, and nothing is run.
      """)

  @Argument(help: ArgumentHelp("The script, or - for standard input.", valueName: "file"))
  var file: String

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("A parameter's value; may be given often.", valueName: "k=v"))
  var parameters: [String] = []

  @Option(
    help: ArgumentHelp(
      "Stop after so long, as Ctrl-C would, with status 124.", valueName: "seconds"))
  var timeout: Double?

  @OptionGroup var common: CommonArguments

  func validate() throws {
    if let word = parameters.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
      throw ValidationError("--param takes name=value, got '\(word)'")
    }
    if let timeout, !(timeout > 0 && timeout <= 1e9) {
      throw ValidationError("--timeout takes seconds, more than 0")
    }
  }

  func run() throws {
    let limit = timeout.map { TimeLimit(seconds: $0) }
    do {
      try Front.run(common.color) { front in
        limit?.start(front.signals.cancellation)
        var options = SessionOptions(threads: common.threads)
        options.cancellation = front.signals.cancellation
        options.display = front.display
        let session = EtudeSession(options: options, output: front.sink)
        let (text, name) = try SourceText.script(file)
        try session.runScript(text, name: name, parameters: parameters)
      }
    } catch let code as ExitCode {
      guard let limit, limit.isOver, code.rawValue == 130 else { throw code }
      throw ExitCode(ExitStatus.timedOut)
    }
    // A training that is stopped comes back in good order.
    if let limit, limit.isOver { throw ExitCode(ExitStatus.timedOut) }
  }
}
