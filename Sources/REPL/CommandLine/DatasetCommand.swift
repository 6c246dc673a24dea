import ArgumentParser
import Session

struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset", abstract: "Make a data set, or divide one.",
    subcommands: [SynthesizeCommand.self, SplitCommand.self])
}

struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Write a small spleen-like CT data set in the Decathlon layout.",
    discussion: "The same words give the same files; what is there already is left alone.")

  @Argument(help: ArgumentHelp("The folder to make.", valueName: "dir"))
  var directory: String

  @Option(help: "Volumes in all.")
  var n = 4

  @Option(parsing: .upToNextOption, help: "Voxels along each axis.")
  var shape = [512, 512, 100]

  @Option(help: "How many of them are for validation.")
  var val = 1

  @Option(help: "Seed of the random shapes and of the noise.")
  var seed = 0

  @OptionGroup var common: CommonArguments

  func validate() throws {
    if n < 1 { throw ValidationError("--n takes 1 or more") }
    if val < 0 || val > n { throw ValidationError("--val takes 0 to \(n), the number of volumes") }
    if shape.count != 3 || shape.contains(where: { $0 < 8 }) {
      throw ValidationError("--shape takes three numbers of 8 or more")
    }
    if seed < 0 { throw ValidationError("--seed takes 0 or more") }
  }

  var options: SynthesizeOptions {
    SynthesizeOptions(
      directory: directory, count: n, shape: shape, validationCount: val, seed: seed)
  }

  func run() throws {
    try Front.run(common.color) { front in
      try EtudeSession.synthesize(
        options, output: front.sink, cancellation: front.signals.cancellation)
    }
  }
}

struct SplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Move part of a data list's training cases to validation.")

  @Argument(help: ArgumentHelp("The data list (dataset.json).", valueName: "list"))
  var list: String

  @Option(help: "Share of the cases that is for validation.")
  var val = 0.2

  @Option(help: "Seed of the choice.")
  var seed = 0

  @OptionGroup var common: CommonArguments

  func validate() throws {
    if !(val > 0 && val < 1) { throw ValidationError("--val takes a share between 0 and 1") }
  }

  var options: SplitOptions { SplitOptions(list: list, validationFraction: val, seed: seed) }

  func run() throws {
    try Front.run(common.color) { front in
      try EtudeSession.split(
        options, output: front.sink, cancellation: front.signals.cancellation)
    }
  }
}
