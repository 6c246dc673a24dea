import Components

/// Functions that turn one value into another.
enum Conversions {
  static let bool = Builtin(
    "bool", "True unless the value is empty, zero or None.",
    BuiltinParameter<Value>("x", default: .bool(false))
  ) { _, value in .bool(try Truth.of(value)) }

  static let int = Builtin(
    "int", "The whole number in a value; fractions are cut off.",
    BuiltinParameter<Value>("x", default: .int(0)), body: whole)

  private static func whole(_ context: CallContext, _ value: Value) throws -> Value {
    switch value {
    case .int, .bool: return .int(value.integer ?? 0)
    case .double(let number):
      guard let whole = Int(exactly: number.rounded(.towardZero)) else {
        throw Fault(.numeric, "\(number) does not fit a 64-bit integer")
      }
      return .int(whole)
    case .string(let text):
      guard let number = Int(trimmed(text)) else {
        throw Fault(.invalid, "this text is not a whole number", got: value.shortened)
      }
      return .int(number)
    case .object:
      return try whole(context, try item(of: value))
    default: throw Fault.wrongType(wanted: "number or text", got: value)
    }
  }

  static let float = Builtin(
    "float", "The number in a value, as a float.",
    BuiltinParameter<Value>("x", default: .double(0)), body: real)

  private static func real(_ context: CallContext, _ value: Value) throws -> Value {
    if let number = value.number { return .double(number) }
    switch value {
    case .string(let text):
      guard let number = Double(trimmed(text)) else {
        throw Fault(.invalid, "this text is not a number", got: value.shortened)
      }
      return .double(number)
    case .object:
      return try real(context, try item(of: value))
    default: throw Fault.wrongType(wanted: "number or text", got: value)
    }
  }

  static let str = Builtin(
    "str", "The value as text.", BuiltinParameter<Value>("x", default: .string(""))
  ) { _, value in .string(value.displayText) }

  static let repr = Builtin(
    "repr", "The value as it would be typed.", BuiltinParameter<Value>("x")
  ) { _, value in .string(value.description) }

  static let type = Builtin(
    "type", "The word for the kind of a value.", BuiltinParameter<Value>("x")
  ) { _, value in .string(value.kindName) }

  static let list = Builtin(
    "list", "The elements of a value as a list.",
    BuiltinParameter<Value>("items", default: .list([]))
  ) { context, value in .list(try ValueIterator.all(value, context)) }

  static let tuple = Builtin(
    "tuple", "The elements of a value as a tuple.",
    BuiltinParameter<Value>("items", default: .list([]))
  ) { context, value in .tuple(try ValueIterator.all(value, context)) }

  static let dict = Builtin(
    "dict", "A dict from another dict or from pairs, and from names.",
    signature: "dict(entries=[], name=value, …)", names: nil
  ) { arguments, context in
    guard arguments.positional.count <= 1 else {
      throw Fault(.invalid, "dict takes one value and names", got: "\(arguments.positional.count)")
    }
    var result = ValueDictionary()
    switch arguments.positional.first {
    case nil: break
    case .dict(let entries): result = entries
    case let pairs?:
      for pair in try ValueIterator.all(pairs, context) {
        let items = try Evaluator.unpack(pair, count: 2)
        guard case .string(let key) = items[0] else {
          throw Fault(
            .wrongType, "the keys of a dict are strings", got: items[0].shortened, wanted: "string")
        }
        result[key] = items[1]
      }
    }
    for (name, value) in arguments.named { result[name] = value }
    return try Nesting.checked(.dict(result), context.budget)
  }

  static let round = Builtin(
    "round", "The nearest number of so many digits; halves go to the even digit.",
    BuiltinParameter<Value>("number"), BuiltinParameter<Int?>("ndigits", default: nil)
  ) { context, value, digits in
    guard let number = value.number else {
      return try Delegation.call("round", of: value, context) {
        Fault.wrongType(wanted: "number", got: value)
      }
    }
    guard let digits else {
      guard let whole = Int(exactly: number.rounded(.toNearestOrEven)) else {
        throw Fault(.numeric, "\(number) does not fit a 64-bit integer")
      }
      return .int(whole)
    }
    if case .int = value, digits >= 0 { return value }
    guard number.isFinite, digits < 320 else { return .double(number) }
    if digits >= 0 {
      return .double(Double(NumberText.text(number, .fixed, precision: digits)) ?? number)
    }
    var scale = 1.0
    for _ in 0..<min(-digits, 310) { scale *= 10 }
    let rounded = scale.isFinite ? (number / scale).rounded(.toNearestOrEven) * scale : 0
    if case .int = value, let whole = Int(exactly: rounded) { return .int(whole) }
    return .double(rounded)
  }

  private static func trimmed(_ text: String) -> String {
    StringMethods.trimmed(text, of: nil, start: true, end: true).filter { $0 != "_" }
  }

  /// The number in a tensor of one element.
  private static func item(of value: Value) throws -> Value {
    guard let item = try Delegation.item(of: value), item.number != nil else {
      throw Fault.wrongType(wanted: "number", got: value)
    }
    return item
  }
}
