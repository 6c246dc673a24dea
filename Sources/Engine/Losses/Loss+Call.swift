import Components

/// `@loss(pred, label)` in the language.
extension Loss {
  public var name: String { kind }
  public var effect: Effect { .pure }

  public func call(_ arguments: Arguments, _ context: CallContext) throws -> Value {
    let given = try MethodArguments(kind, ["input", "target"], arguments)
    return .tensor(try self(given.tensor("input"), given.tensor("target")))
  }
}
