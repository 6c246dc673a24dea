import Components

/// Functions that an object answers with a method of its own: `abs(t)` is `t.abs()`.
enum Delegation {
  static func call(
    _ method: String, of value: Value, _ context: CallContext, else fault: () -> Fault
  ) throws -> Value {
    guard let function = try self.method(method, of: value) else { throw fault() }
    return try function.call(Arguments(), context)
  }

  static func method(_ name: String, of value: Value) throws -> (any Callable)? {
    guard case .object(let object) = value, let holder = object as? any HasAttributes,
      case .function(let function)? = try holder.attribute(name)
    else { return nil }
    return function
  }

  /// The one element of a tensor as a number; nil for objects without a method `item`. Throws what the
  /// method throws when there are more elements.
  static func item(of value: Value) throws -> Value? {
    let context = CallContext(
      output: SilentSink(), cancellation: Cancellation(), budget: StepBudget(steps: 1_000))
    return try method("item", of: value)?.call(Arguments(), context)
  }
}

/// Swallows what nobody asked to see.
private struct SilentSink: OutputSink {
  func write(_ text: String, to channel: OutputChannel) {}
}
