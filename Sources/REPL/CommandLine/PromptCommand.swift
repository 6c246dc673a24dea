import ArgumentParser
import Session

/// `etude` without a subcommand.
struct PromptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "Open the prompt, or run a file or a line.",
    discussion: "This is what etude does when no command is named.")

  @Argument(
    help: ArgumentHelp(
      "An MMAR folder or a config to load, a .etude file to run, or - for standard input.",
      valueName: "file"))
  var file: String?

  @Flag(name: .shortAndLong, help: "Open the prompt afterwards.")
  var interactive = false

  @Option(
    name: [.customShort("c"), .customLong("code")],
    help: ArgumentHelp("Run this text and leave.", valueName: "code"))
  var code: String?

  @Flag(help: "Do not run ~/.config/etude/startup.etude first.")
  var noStartup = false

  @OptionGroup var sets: SetArguments
  @OptionGroup var common: CommonArguments

  func validate() throws {
    if code != nil, file == "-" { throw ValidationError("-c and - are two sources; give one") }
  }

  var options: PromptRun {
    PromptRun(
      file: file, code: code, isInteractive: interactive, skipsStartup: noStartup,
      sets: sets.words, threads: common.threads, color: common.color)
  }

  func run() throws { try options.run() }
}
