import Components

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Python's arithmetic on values: floor division, the remainder's sign of the divisor, floats as soon as
/// one operand is one. Integers have 64 bits, and overflow is an error.
public enum Arithmetic {
  public static func combine(
    _ operation: BinaryOperator, _ left: Value, _ right: Value, _ budget: StepBudget
  ) throws -> Value {
    if let result = try objects(operation, left, right) { return result }
    switch operation {
    case .equal: return .bool(Comparison.equal(left, right))
    case .notEqual: return .bool(!Comparison.equal(left, right))
    case .less: return .bool(try Comparison.isOrdered(.less, left, right))
    case .lessOrEqual: return .bool(try Comparison.isOrdered(.lessOrEqual, left, right))
    case .greater: return .bool(try Comparison.isOrdered(.greater, left, right))
    case .greaterOrEqual: return .bool(try Comparison.isOrdered(.greaterOrEqual, left, right))
    default: break
    }
    if let a = left.integer, let b = right.integer { return try integers(operation, a, b) }
    if let a = left.number, let b = right.number { return .double(try doubles(operation, a, b)) }
    if let result = try sequences(operation, left, right, budget) { return result }
    throw unsupported(operation, left, right)
  }

  /// Nil when neither operand is an object that answers.
  static func objects(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) throws -> Value? {
    if case .object(let object as any HasArithmetic) = left,
      let result = try object.combine(operation, right, swapped: false)
    {
      return result
    }
    if case .object(let object as any HasArithmetic) = right {
      return try object.combine(operation, left, swapped: true)
    }
    return nil
  }

  static func negate(_ value: Value) throws -> Value {
    switch value {
    case .int(let number):
      guard number != .min else { throw overflow }
      return .int(-number)
    case .bool(let flag): return .int(flag ? -1 : 0)
    case .double(let number): return .double(-number)
    case .object(let object as any HasArithmetic):
      guard let result = try object.negated() else { fallthrough }
      return result
    default: throw Fault.wrongType(wanted: "number", got: value)
    }
  }

  static func plus(_ value: Value) throws -> Value {
    switch value {
    case .int, .double: return value
    case .bool(let flag): return .int(flag ? 1 : 0)
    case .object(_ as any HasArithmetic): return value
    default: throw Fault.wrongType(wanted: "number", got: value)
    }
  }

  static var overflow: Fault {
    Fault(
      .numeric, "the result does not fit a 64-bit integer",
      remedy: "write one operand as a float: 2.0")
  }

  private static var division: Fault { Fault(.numeric, "division by zero") }

  private static func unsupported(
    _ operation: BinaryOperator, _ left: Value, _ right: Value
  ) -> Fault {
    var fault = Fault(
      .wrongType, "\(operation.rawValue) has no meaning for \(left.kindName) and \(right.kindName)",
      got: "\(left.shortened) \(operation.rawValue) \(right.shortened)")
    if case .string = left, operation == .remainder { fault.remedy = "f\"{x:.3f}\"" }
    if operation == .add {
      if case .string = left { fault.remedy = "str(…)" }
      if case .string = right { fault.remedy = "str(…)" }
    }
    return fault
  }

  private static func integers(_ operation: BinaryOperator, _ a: Int, _ b: Int) throws -> Value {
    func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Value {
      if result.overflow { throw overflow }
      return .int(result.partialValue)
    }
    switch operation {
    case .add: return try checked(a.addingReportingOverflow(b))
    case .subtract: return try checked(a.subtractingReportingOverflow(b))
    case .multiply: return try checked(a.multipliedReportingOverflow(by: b))
    case .divide:
      if b == 0 { throw division }
      return .double(Double(a) / Double(b))
    case .floorDivide:
      if b == 0 { throw division }
      let (quotient, isTooLarge) = a.dividedReportingOverflow(by: b)
      if isTooLarge { throw overflow }
      let isRoundedUp = a % b != 0 && (a < 0) != (b < 0)
      return .int(isRoundedUp ? quotient - 1 : quotient)
    case .remainder:
      if b == 0 { throw division }
      let rest = b == -1 ? 0 : a % b
      return .int(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    case .power:
      return b < 0 ? .double(try doubles(.power, Double(a), Double(b))) : .int(try power(a, b))
    default: throw unsupported(operation, .int(a), .int(b))
    }
  }

  private static func power(_ base: Int, _ exponent: Int) throws -> Int {
    if exponent > 64, base > 1 || base < -1 { throw overflow }
    var (result, square, rest) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 {
        let (product, isTooLarge) = result.multipliedReportingOverflow(by: square)
        if isTooLarge { throw overflow }
        result = product
      }
      rest >>= 1
      if rest > 0 {
        let (product, isTooLarge) = square.multipliedReportingOverflow(by: square)
        if isTooLarge { throw overflow }
        square = product
      }
    }
    return result
  }

  private static func doubles(
    _ operation: BinaryOperator, _ a: Double, _ b: Double
  ) throws -> Double {
    switch operation {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide:
      if b == 0 { throw division }
      return a / b
    case .floorDivide:
      if b == 0 { throw division }
      let quotient = (a - remainder(a, b)) / b
      let rounded = quotient.rounded(.down)
      return quotient - rounded > 0.5 ? rounded + 1 : rounded
    case .remainder:
      if b == 0 { throw division }
      return remainder(a, b)
    case .power:
      if a == 0, b < 0 { throw division }
      let result = pow(a, b)
      if result.isNaN, !a.isNaN, !b.isNaN {
        throw Fault(.numeric, "this power is no real number", got: "\(a) ** \(b)")
      }
      if result.isInfinite, a.isFinite, b.isFinite {
        throw Fault(.numeric, "the result does not fit a float", got: "\(a) ** \(b)")
      }
      return result
    default: throw unsupported(operation, .double(a), .double(b))
    }
  }

  private static func remainder(_ a: Double, _ b: Double) -> Double {
    let rest = a.truncatingRemainder(dividingBy: b)
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
  }

  private static func sequences(
    _ operation: BinaryOperator, _ left: Value, _ right: Value, _ budget: StepBudget
  ) throws -> Value? {
    switch (operation, left, right) {
    case (.add, .string(let a), .string(let b)):
      try allow(a.utf8.count + b.utf8.count, budget)
      return .string(a + b)
    case (.add, .list(let a), .list(let b)):
      try allow(a.count + b.count, budget)
      return .list(a + b)
    case (.add, .tuple(let a), .tuple(let b)):
      try allow(a.count + b.count, budget)
      return .tuple(a + b)
    case (.multiply, _, _):
      guard let (value, times) = repetition(left, right) ?? repetition(right, left) else {
        return nil
      }
      return try repeated(value, times, budget)
    default: return nil
    }
  }

  private static func allow(_ size: Int, _ budget: StepBudget) throws(Fault) {
    try budget.allow(size: size)
    try budget.spend(size)
  }

  private static func repetition(_ value: Value, _ times: Value) -> (Value, Int)? {
    guard let times = times.integer else { return nil }
    switch value {
    case .string, .list, .tuple: return (value, max(0, times))
    default: return nil
    }
  }

  private static func repeated(
    _ value: Value, _ times: Int, _ budget: StepBudget
  ) throws -> Value? {
    func allowed(_ count: Int) throws {
      let (size, isTooLarge) = count.multipliedReportingOverflow(by: times)
      try allow(isTooLarge ? .max : size, budget)
    }
    func all(_ items: [Value]) throws -> [Value] {
      try allowed(items.count)
      var result: [Value] = []
      result.reserveCapacity(items.count * times)
      if !items.isEmpty { for _ in 0..<times { result += items } }
      return result
    }
    switch value {
    case .string(let text):
      try allowed(text.utf8.count)
      return .string(text.isEmpty ? "" : String(repeating: text, count: times))
    case .list(let items): return .list(try all(items))
    case .tuple(let items): return .tuple(try all(items))
    default: return nil
    }
  }
}

extension Value {
  /// Int, and bool as 0 or 1.
  var integer: Int? {
    switch self {
    case .int(let number): number
    case .bool(let flag): flag ? 1 : 0
    default: nil
    }
  }

  /// Int, bool and float as a float.
  var number: Double? {
    if case .double(let number) = self { number } else { integer.map(Double.init) }
  }
}
