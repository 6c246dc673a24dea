import ArgumentParser
import Components
import Glibc
import Session

/// `etude reference`, for `make docs`: docs/components.md on standard output, in UTF-8 whatever the
/// locale; with `--findings` the list of what check finds.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Print the reference of every component.",
    shouldDisplay: false)

  @Flag(help: "The codes of check instead.")
  var findings = false

  func run() throws {
    TerminalSink.write(
      STDOUT_FILENO,
      findings ? CheckReport.reference : ComponentReference(Catalog.everything).markdown)
  }
}
