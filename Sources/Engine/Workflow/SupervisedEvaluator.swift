import Components

/// One pass over the validation data.
public final class SupervisedEvaluator: Workflow, Object, @unchecked Sendable {
  public var kind: String { "SupervisedEvaluator" }
  public var summary: String { kind }
}
