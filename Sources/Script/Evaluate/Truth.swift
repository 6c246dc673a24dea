import Components

/// Whether a value counts as true; tensors of one element count by it.
enum Truth {
  static func of(_ value: Value) throws -> Bool {
    guard case .object(let object) = value, let attributes = object as? any HasAttributes,
      case .function(let item)? = try attributes.attribute("item")
    else { return value.isTruthy }
    let context = CallContext(
      output: SilentSink(), cancellation: Cancellation(), budget: StepBudget(steps: 1_000))
    return try item.call(Arguments(), context).isTruthy
  }
}

/// Swallows what nobody asked to see.
private struct SilentSink: OutputSink {
  func write(_ text: String, to channel: OutputChannel) {}
}
