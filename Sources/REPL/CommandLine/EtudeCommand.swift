import ArgumentParser

/// `etude`: the prompt, or what the subcommand says.
struct EtudeCommand: ParsableCommand {
  /// The version of the program, as `--version` and `doctor` say it.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "etude",
    abstract: "Clara Train configs without Python.",
    usage: """
      etude [MMAR|FILE.etude|CONFIG.json] [-i] [-c CODE] [--set k=v ...]
      etude train [-m MMAR] [-c CONFIG] [-e ENV] [--set k=v ...] [--resume [FILE]]
      etude evaluate [-m MMAR] [-c CONFIG] [-e ENV] [--set k=v ...]
      etude check [MMAR|CONFIG] [-e ENV] [--set k=v ...] [--json]
      etude run FILE.etude [--param k=v ...] [--out F.ipynb] [--html F.html] [--cell 3..5]
      etude convert FILE.ipynb FILE.etude
      etude inspect FILE.pt
      etude dataset synthesize DIR | etude dataset split LIST | etude doctor | etude bench
      etude schema | etude kernel install [--user | --prefix DIR]
      """,
    discussion: """
      Without a subcommand: the prompt, with an MMAR folder or a config loaded into it when one \
      is named; a .etude file is run. Lines piped in are run as a file. \
      Not a medical device.
      """,
    version: version,
    subcommands: [
      PromptCommand.self, RunCommand.self, TrainCommand.self, EvaluateCommand.self,
      CheckCommand.self, ConvertCommand.self, InspectCommand.self, SchemaCommand.self,
      DatasetCommand.self, KernelCommand.self, DoctorCommand.self, BenchCommand.self,
      ReferenceCommand.self,
    ],
    defaultSubcommand: PromptCommand.self)
}

/// `--color` and `--threads`, which every command has.
struct CommonArguments: ParsableArguments {
  @Option(name: .customLong("color"), help: "Colours: auto, always or never.")
  var color: ColorChoice = .auto

  @Option(help: ArgumentHelp("Cores to use; all of them by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads takes 1 or more") }
  }
}

extension ColorChoice: ExpressibleByArgument {}

/// `--set`, one word at a time (see `ArgumentWords`).
struct SetArguments: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Overrides: variables or paths, as many words as wanted.", valueName: "k=v ..."))
  var words: [String] = []

  func validate() throws {
    if let word = words.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
      throw ValidationError("--set takes name=value, got '\(word)'")
    }
  }
}
