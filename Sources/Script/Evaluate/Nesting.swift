import Components

/// Bounds how deep values are built into each other. Whatever walks a value or releases it recurses, so
/// `x = [x]` in a loop must end in an error and not in a stack overflow.
enum Nesting {
  static let maximum = 200

  /// The value itself, if it is not too deep. Spends a step for each element looked at.
  static func checked(_ value: Value, _ budget: StepBudget) throws(Fault) -> Value {
    _ = try depth(of: value, budget)
    return value
  }

  static func depth(of value: Value, _ budget: StepBudget) throws(Fault) -> Int {
    let depth = try measure(value, budget, level: 0)
    if depth > maximum {
      throw Fault(.limit, "values are nested more than \(maximum) levels deep here")
    }
    return depth
  }

  private static func measure(
    _ value: Value, _ budget: StepBudget, level: Int
  ) throws(Fault) -> Int {
    guard level <= maximum else { return 1 }
    var deepest = 0
    switch value {
    case .list(let items), .tuple(let items):
      try budget.spend(items.count)
      for item in items where item.isContainer {
        deepest = max(deepest, try measure(item, budget, level: level + 1))
      }
      return deepest + 1
    case .dict(let entries):
      try budget.spend(entries.count)
      for (_, item) in entries where item.isContainer {
        deepest = max(deepest, try measure(item, budget, level: level + 1))
      }
      return deepest + 1
    case .function(let function as any Nested): return function.nesting + 1
    default: return 0
    }
  }
}

/// A function that holds values.
protocol Nested {
  /// How deep they are.
  var nesting: Int { get }
}

extension Value {
  fileprivate var isContainer: Bool {
    switch self {
    case .list, .tuple, .dict, .function: true
    default: false
    }
  }
}
