import Components
import Engine
import Script

/// `etude evaluate`: validation and inference configs.
extension EtudeSession {
  public func evaluate(_ command: EvaluateOptions) throws -> CommandOutcome {
    try open(command.workflow, defaultConfig: EvaluateOptions.defaultConfig)
    let evaluator = try evaluator()
    try showNetworkSummary()
    try Preflight(session: self).check(.validate)
    if command.dryRun {
      output.write(table(of: .validate), to: .result)
      output.write("\(evaluator.state.epochLength) batches; nothing was run", to: .result)
      return .finished
    }
    return try runValidation().isInterrupted ? .interrupted : .finished
  }
}
