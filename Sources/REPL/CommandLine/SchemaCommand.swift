import ArgumentParser
import Components
import Session

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Write a JSON Schema of configs, for editors.",
    discussion: """
      Sections, elements and every component with its arguments, as JSON Schema of draft 2020-12. \
      An editor that is told to use it completes names and marks mistakes.
      """)

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write into this file.", valueName: "file"))
  var output: String?

  @OptionGroup var common: CommonArguments

  func run() throws {
    try Front.run(common.color) { front in
      let text = ConfigSchema(Catalog.everything).text
      guard let output else { return front.sink.write(text, to: .result) }
      try EtudeSession.write(text, to: output)
      front.sink.write("wrote \(output)", to: .note)
    }
  }
}
