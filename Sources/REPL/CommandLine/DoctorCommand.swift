import ArgumentParser
import Session

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Say what this machine offers and what is missing.")

  @OptionGroup var common: CommonArguments

  func run() throws {
    let report = DoctorReport.gather(version: EtudeCommand.version)
    TerminalSink(terminal: .current(color: common.color)).write(report.text, to: .result)
    if !report.isUsable { throw ExitCode.failure }
  }
}
