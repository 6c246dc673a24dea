import ArgumentParser
import Session

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a checkpoint (.pt) holds, and whether it is whole.",
    discussion: """
      Names, types and shapes, and the values that are not tensors. The whole file is read and \
      its checksums are compared; no code in it is run.
      """)

  @Argument(help: ArgumentHelp("The checkpoint.", valueName: "file"))
  var file: String

  @OptionGroup var common: CommonArguments

  func run() throws {
    try Front.run(common.color) { front in
      try EtudeSession.inspect(file, output: front.sink)
    }
  }
}
