import ArgumentParser
import Session

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure what this machine could do at most.",
    discussion: """
      Fused multiply-adds that stay in the registers, and a triad over memory: the limits that times \
      in docs/performance.md are multiples of. Takes some seconds; let nothing else run meanwhile.
      """)

  @Flag(help: "One line of JSON, in operations and bytes a second.")
  var json = false

  @OptionGroup var common: CommonArguments

  func run() throws {
    let report = RooflineReport.measure(threads: common.threads)
    TerminalSink(terminal: .current(color: common.color))
      .write(json ? report.json : report.text, to: .result)
  }
}
