/// What `etude evaluate` was asked to do: run a validation or an inference config.
public struct EvaluateOptions: Sendable, Equatable {
  public static let defaultConfig = "config/config_validation.json"

  public var workflow: WorkflowOptions
  /// Resolve, check and describe; run nothing and write nothing.
  public var dryRun: Bool

  public init(workflow: WorkflowOptions = WorkflowOptions(), dryRun: Bool = false) {
    (self.workflow, self.dryRun) = (workflow, dryRun)
  }
}
