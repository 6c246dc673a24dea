import Components

/// Python's comparisons.
public enum Comparison {
  static func compare(
    _ operation: Expression.ComparisonOperator, _ left: Value, _ right: Value,
    _ context: CallContext
  ) throws -> Value {
    switch operation {
    case .equal: return try Arithmetic.combine(.equal, left, right, context.budget)
    case .notEqual: return try Arithmetic.combine(.notEqual, left, right, context.budget)
    case .less: return try Arithmetic.combine(.less, left, right, context.budget)
    case .lessOrEqual: return try Arithmetic.combine(.lessOrEqual, left, right, context.budget)
    case .greater: return try Arithmetic.combine(.greater, left, right, context.budget)
    case .greaterOrEqual:
      return try Arithmetic.combine(.greaterOrEqual, left, right, context.budget)
    case .contains: return .bool(try contains(right, left, context))
    case .notContains: return .bool(!(try contains(right, left, context)))
    case .same: return .bool(isSame(left, right))
    case .notSame: return .bool(!isSame(left, right))
    }
  }

  /// `==` between values; integers are compared exactly.
  public static func equal(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.int(let a), .int(let b)): a == b
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      a.count == b.count && zip(a, b).allSatisfy(equal)
    default: left == right
    }
  }

  /// `is`: the one None, the same object, or equal values of one kind.
  private static func isSame(_ left: Value, _ right: Value) -> Bool {
    left.kindName == right.kindName && equal(left, right)
  }

  /// One of `<`, `<=`, `>`, `>=` between numbers, strings, lists or tuples.
  static func isOrdered(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws(Fault) -> Bool {
    guard let order = try order(left, right) else { return false }
    return switch operation {
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    default: order >= 0
    }
  }

  /// Negative, zero or positive; nil when a NaN is involved.
  static func order(_ left: Value, _ right: Value) throws(Fault) -> Int? {
    if let a = left.integer, let b = right.integer { return a < b ? -1 : a > b ? 1 : 0 }
    if let a = left.number, let b = right.number {
      return a.isNaN || b.isNaN ? nil : a < b ? -1 : a > b ? 1 : 0
    }
    switch (left, right) {
    case (.string(let a), .string(let b)):
      if a == b { return 0 }
      return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) ? -1 : 1
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (first, second) in zip(a, b) where !equal(first, second) {
        return try order(first, second)
      }
      return a.count - b.count
    default:
      let kinds = [left.kindName, right.kindName].sorted()
      throw Fault(
        .wrongType, "\(kinds[0]) and \(kinds[1]) have no order",
        got: "\(left.shortened), \(right.shortened)")
    }
  }

  private static func contains(
    _ container: Value, _ item: Value, _ context: CallContext
  ) throws -> Bool {
    switch container {
    case .string(let text):
      guard case .string(let part) = item else {
        throw Fault.wrongType(wanted: "string", got: item)
      }
      return TextSearch.first(part, in: text) != nil
    case .dict(let entries):
      guard case .string(let key) = item else { return false }
      return entries[key] != nil
    case .object(let object as any HasAttributes):
      guard case .function(let keys)? = try object.attribute("keys") else { fallthrough }
      let names = try ValueIterator.all(try keys.call(Arguments(), context), context)
      return names.contains { equal($0, item) }
    default:
      var iterator = try ValueIterator(container)
      while let element = try iterator.next() {
        try context.budget.spend()
        if equal(element, item) { return true }
      }
      return false
    }
  }
}
