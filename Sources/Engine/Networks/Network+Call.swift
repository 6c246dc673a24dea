import Components

/// `@model(x)` in the language: the network's answer as in validation but for rounding, recorded for a
/// gradient; `training=True` computes as a training step does, with the batch's own statistics and
/// dropout.
extension Network {
  public var name: String { kind }
  /// Training moves statistics, and weights change under a result; so it is kept, never made again.
  public var effect: Effect { .action }

  public func call(_ arguments: Arguments, _ context: CallContext) throws -> Value {
    let given = try MethodArguments(kind, ["x", "training"], arguments)
    let input = try given.tensor("x")
    let mode = ForwardMode(
      isTraining: try given.optional("training") ?? false, recordsGradients: true)
    return .tensor(try forward(input, mode))
  }
}
