import Components

/// `max` and `min`.
enum Extremes {
  static let maximum = extreme("max", "The largest of its arguments, or of the elements of one.") {
    $0 > 0
  }

  static let minimum = extreme("min", "The smallest of its arguments, or of the elements of one.") {
    $0 < 0
  }

  private static func extreme(
    _ name: String, _ help: String, isBetter: @escaping @Sendable (Int) -> Bool
  ) -> Builtin {
    Builtin(
      name, help, signature: "\(name)(items, key=None, default=None) or \(name)(a, b, …)",
      names: ["key", "default"]
    ) { arguments, context in
      var items = arguments.positional
      if items.count == 1 {
        if let method = try Delegation.method(name, of: items[0]) {
          return try method.call(Arguments(), context)
        }
        items = try ValueIterator.all(items[0], context)
      }
      var key: (any Callable)?
      if case .function(let function)? = arguments.named["key"] { key = function }
      guard var best = items.first else {
        if let value = arguments.named["default"] { return value }
        throw Fault(
          .invalid, "\(name) has nothing to choose from", remedy: "\(name)(xs, default=0)")
      }
      var bestKey = try key?.call(Arguments([best]), context) ?? best
      for item in items.dropFirst() {
        try context.budget.spend()
        let itemKey = try key?.call(Arguments([item]), context) ?? item
        if let order = try Comparison.order(itemKey, bestKey), isBetter(order) {
          (best, bestKey) = (item, itemKey)
        }
      }
      return best
    }
  }
}
