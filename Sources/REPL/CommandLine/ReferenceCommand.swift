import ArgumentParser
import Components
import Glibc
import Session

/// `etude reference`, for `make docs`: docs/components.md on standard output, in UTF-8 whatever the
/// locale.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Print the reference of every component.",
    shouldDisplay: false)

  func run() throws {
    TerminalSink.write(STDOUT_FILENO, ComponentReference(Catalog.everything).markdown)
  }
}
