import Components

/// Whether a value counts as true; tensors of one element count by it.
enum Truth {
  static func of(_ value: Value) throws -> Bool {
    guard case .object = value, let item = try Delegation.item(of: value) else {
      return value.isTruthy
    }
    return item.isTruthy
  }
}
