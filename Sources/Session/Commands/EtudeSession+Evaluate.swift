import Components
import Engine
import Script

/// `etude evaluate`: validation and inference configs.
extension EtudeSession {
  @discardableResult
  public static func evaluate(
    _ command: EvaluateOptions, output: any OutputSink, cancellation: Cancellation
  ) throws -> CommandOutcome {
    let options = SessionOptions(threads: command.workflow.threads, cancellation: cancellation)
    return try EtudeSession(options: options, output: output).evaluate(command)
  }

  func evaluate(_ command: EvaluateOptions) throws -> CommandOutcome {
    try open(command.workflow, defaultConfig: EvaluateOptions.defaultConfig)
    let evaluator = try checkedEvaluator()
    try showNetworkSummary()
    if command.dryRun {
      output.show(table(of: .validate), as: .display)
      output.write("\(evaluator.state.epochLength) batches; nothing was run", to: .result)
      return .finished
    }
    return try validate(by: evaluator).isInterrupted ? .interrupted : .finished
  }
}
