import Components

/// Functions over the elements of a value.
enum SequenceBuiltins {
  static let absolute = Builtin(
    "abs", "The value without its sign.", BuiltinParameter<Value>("x")
  ) { context, value in
    switch value {
    case .int(let number):
      guard number != .min else { throw Arithmetic.overflow }
      return .int(Swift.abs(number))
    case .bool: return .int(value.integer ?? 0)
    case .double(let number): return .double(Swift.abs(number))
    default:
      return try Delegation.call("abs", of: value, context) {
        Fault.wrongType(wanted: "number", got: value)
      }
    }
  }

  static let all = Builtin(
    "all", "True when every element is true.", BuiltinParameter<Value>("items")
  ) { context, items in
    var iterator = try ValueIterator(items)
    while let item = try iterator.next() {
      try context.budget.spend()
      if !(try Truth.of(item)) { return .bool(false) }
    }
    return .bool(true)
  }

  static let any = Builtin(
    "any", "True when one element is true.", BuiltinParameter<Value>("items")
  ) { context, items in
    var iterator = try ValueIterator(items)
    while let item = try iterator.next() {
      try context.budget.spend()
      if try Truth.of(item) { return .bool(true) }
    }
    return .bool(false)
  }

  static let length = Builtin(
    "len", "The number of elements.", BuiltinParameter<Value>("x")
  ) { _, value in
    switch value {
    case .list(let items), .tuple(let items): return .int(items.count)
    case .dict(let entries): return .int(entries.count)
    case .string(let text): return .int(text.unicodeScalars.count)
    case .object(let object as any HasIndex):
      guard let count = object.count else { fallthrough }
      return .int(count)
    default: throw Fault(.wrongType, "\(value.kindPhrase) has no length", got: value.shortened)
    }
  }

  static let enumerate = Builtin(
    "enumerate", "Pairs of a number and an element.", BuiltinParameter<Value>("items"),
    BuiltinParameter<Int>("start", default: 0)
  ) { context, items, start in
    let items = try ValueIterator.all(items, context)
    guard start <= Int.max - items.count else { throw Arithmetic.overflow }
    let pairs = items.enumerated().map { Value.tuple([.int(start + $0), $1]) }
    return try Nesting.checked(.list(pairs), context.budget)
  }

  static let map = Builtin(
    "map", "What a function makes of each element.", signature: "map(function, items, …)"
  ) { arguments, context in
    guard case .function(let function)? = arguments.positional.first,
      arguments.positional.count > 1
    else { throw Fault(.missingArgument, "map needs a function and items") }
    let rows = try transposed(Array(arguments.positional.dropFirst()), context)
    var result: [Value] = []
    for row in rows { result.append(try function.call(Arguments(row), context)) }
    return try Nesting.checked(.list(result), context.budget)
  }

  static let zip = Builtin(
    "zip", "Tuples of the first elements, the second elements, and so on.",
    signature: "zip(items, …)"
  ) { arguments, context in
    let rows = try transposed(arguments.positional, context)
    return try Nesting.checked(.list(rows.map { .tuple($0) }), context.budget)
  }

  private static func transposed(
    _ columns: [Value], _ context: CallContext
  ) throws -> [[Value]] {
    let columns = try columns.map { try ValueIterator.all($0, context) }
    let count = columns.map(\.count).min() ?? 0
    try context.budget.spend(count * columns.count)
    return (0..<count).map { row in columns.map { $0[row] } }
  }

  static let range = Builtin(
    "range", "The whole numbers from start up to stop, as a list.",
    signature: "range(stop) or range(start, stop, step=1)"
  ) { arguments, context in
    let bounds = try arguments.positional.map { value in
      guard case .int(let number) = value else {
        throw Fault(
          .wrongType, "range takes whole numbers", got: "\(value.kindName) \(value.shortened)",
          wanted: "int")
      }
      return number
    }
    guard (1...3).contains(bounds.count) else {
      throw Fault(.invalid, "range takes one to three numbers", got: "\(bounds.count)")
    }
    let (start, stop) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
    let step = bounds.count == 3 ? bounds[2] : 1
    guard step != 0 else { throw Fault(.invalid, "the step of a range is not 0") }
    let distance = Double(stop) - Double(start)
    let size = max(0, (distance / Double(step)).rounded(.up))
    try context.budget.allow(size: size < 1e18 ? Int(size) : .max)
    try context.budget.spend(Int(size))
    return .list(stride(from: start, to: stop, by: step).map { .int($0) })
  }

  static let reversed = Builtin(
    "reversed", "The elements from the last to the first.", BuiltinParameter<Value>("items")
  ) { context, items in .list(try ValueIterator.all(items, context).reversed()) }

  static let sorted = Builtin(
    "sorted", "The elements in ascending order.", BuiltinParameter<Value>("items"),
    BuiltinParameter<FunctionArgument?>("key", default: nil),
    BuiltinParameter<Bool>("reverse", default: false)
  ) { context, items, key, reverse in
    let items = try ValueIterator.all(items, context)
    let keyed = try items.map { item in
      (key: try key?.function.call(Arguments([item]), context) ?? item, item: item)
    }
    try context.budget.spend(items.count)
    // Equal elements keep their order, also when the order is reversed.
    let sorted = try keyed.enumerated().sorted { left, right in
      let order = try Comparison.order(left.element.key, right.element.key) ?? 0
      if order == 0 { return left.offset < right.offset }
      return reverse ? order > 0 : order < 0
    }
    return .list(sorted.map(\.element.item))
  }

  static let sum = Builtin(
    "sum", "The elements added up.", BuiltinParameter<Value>("items"),
    BuiltinParameter<Value>("start", default: .int(0))
  ) { context, items, start in
    if let method = try Delegation.method("sum", of: items) {
      return try method.call(Arguments(), context)
    }
    var total = start
    var iterator = try ValueIterator(items)
    while let item = try iterator.next() {
      try context.budget.spend()
      total = try Arithmetic.combine(.add, total, item, context.budget)
    }
    return total
  }
}
