import ArgumentParser
import Session

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Run a validation or an inference config of an MMAR.",
    discussion: "The config is \(EvaluateOptions.defaultConfig) unless -c names another.")

  @OptionGroup var workflow: WorkflowArguments

  @Flag(help: "Resolve and check everything, run nothing.")
  var dryRun = false

  var options: EvaluateOptions {
    EvaluateOptions(workflow: workflow.options, dryRun: dryRun)
  }

  func run() throws {
    try Front.run(workflow.common.color) { front in
      try EtudeSession.evaluate(
        options, output: front.sink, cancellation: front.signals.cancellation)
    }
  }
}
