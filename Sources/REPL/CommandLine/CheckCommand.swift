import ArgumentParser
import Session

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find mistakes in the configs of an MMAR without running them.",
    discussion: """
      Of an MMAR the configs for training, validation and inference are checked, with \
      config/environment.json. The status is 1 when an error was found.
      """)

  @Argument(help: ArgumentHelp("An MMAR folder or a config.", valueName: "mmar|config"))
  var path = "."

  @Option(
    name: [.customShort("e"), .customLong("environment")],
    help: ArgumentHelp(
      "The environment file (default: environment.json beside the config).", valueName: "env"))
  var environment: String?

  @Flag(help: "Print one JSON object for each finding.")
  var json = false

  @OptionGroup var sets: SetArguments
  @OptionGroup var common: CommonArguments

  var options: CheckOptions {
    CheckOptions(path: path, environment: environment, sets: sets.words)
  }

  func run() throws {
    try Front.run(common.color) { front in
      let report = try EtudeSession.check(
        options, output: front.sink, cancellation: front.signals.cancellation)
      let text =
        json
        ? report.jsonLines
        : report.text(
          width: Terminal.size().columns, hasColor: front.sink.terminal.usesColor,
          isASCII: !front.sink.terminal.isUnicode)
      if !text.isEmpty { front.sink.write(text, to: .result) }
      if report.errorCount > 0 { throw ExitCode.failure }
    }
  }
}
