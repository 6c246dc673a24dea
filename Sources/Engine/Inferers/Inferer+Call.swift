import Components

/// `@inferer(x, @model)` in the language, computed as in validation.
extension Inferer {
  public var name: String { kind }
  public var effect: Effect { .action }

  public func call(_ arguments: Arguments, _ context: CallContext) throws -> Value {
    let given = try MethodArguments(kind, ["inputs", "network"], arguments)
    let network: Value = try given.required("network")
    guard case .object(let object as any Network) = network else {
      throw Fault.wrongType(wanted: "network", got: network).inArgument("network")
    }
    return .tensor(
      try infer(given.tensor("inputs")) { try object.forward($0, .evaluation) })
  }
}
