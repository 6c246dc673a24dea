import Components
import Glibc

/// One side of an elementwise operation. Plain numbers weigh less than tensors when the dtype of
/// the result is chosen, as in torch.
public enum ElementwiseOperand: Sendable {
  case tensor(Tensor)
  case bool(Bool)
  case int(Int)
  case double(Double)

  var tensor: Tensor {
    switch self {
    case .tensor(let tensor): tensor
    case .bool(let flag): Tensor([flag], shape: [])
    case .int(let number): Tensor([Int64(number)], shape: [])
    case .double(let number): Tensor([number], shape: [])
    }
  }

  /// 2 for a tensor with axes, 1 for one without, 0 for a number.
  fileprivate var standing: Int {
    if case .tensor(let tensor) = self { tensor.rank > 0 ? 2 : 1 } else { 0 }
  }

  /// A float written in a script is a float32 beside an integer tensor.
  fileprivate var dtype: DType {
    if case .double = self { .float32 } else { tensor.dtype }
  }
}

/// Broadcasting arithmetic and comparisons with torch's type promotion (1.13.1).
extension Tensor {
  /// `self operation other`, or the other way round when `swapped`. Comparisons give bool; `/` gives
  /// a floating-point tensor always; `//` and `%` round towards minus infinity, as in Python.
  /// Integers wrap on overflow. The matrix product is not elementwise and is refused.
  public func combined(
    _ operation: BinaryOperator, with other: ElementwiseOperand, swapped: Bool = false
  ) throws(Fault) -> Tensor {
    let operands: [ElementwiseOperand] = swapped ? [other, .tensor(self)] : [.tensor(self), other]
    var dtype = Self.resultType(operands[0], operands[1])
    if operation == .divide, dtype.category != .floatingPoint { dtype = .float32 }
    // Any two integers can be compared: 300 is no uint8.
    if operation.isComparison, dtype.category != .floatingPoint { dtype = .int64 }
    let plan = try Broadcast(operands[0].tensor.shape, operands[1].tensor.shape)
    let (a, b) = (operands[0].tensor.converted(to: dtype), operands[1].tensor.converted(to: dtype))
    let result = try Self.computed(operation, a.detached, b.detached, plan)
    return result.recorded(
      operation.isComparison ? [] : [.init(a), .init(b)],
      Self.derivative(operation, a.detached, b.detached, for: (a.node != nil, b.node != nil)))
  }

  private static func computed(
    _ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, _ plan: Broadcast
  ) throws(Fault) -> Tensor {
    switch a.dtype {
    case .float32: return try real(operation, a, b, plan, Float.self)
    case .float64: return try real(operation, a, b, plan, Double.self)
    case .bfloat16:
      let wide = try real(
        operation, a.converted(to: .float32), b.converted(to: .float32), plan, Float.self)
      return operation.isComparison ? wide : wide.converted(to: .bfloat16)
    case .int64: return try whole(operation, a, b, plan, Int64.self)
    case .int32: return try whole(operation, a, b, plan, Int32.self)
    case .uint8: return try whole(operation, a, b, plan, UInt8.self)
    case .bool: return try logical(operation, a, b, plan)
    }
  }

  /// The gradients of both operands, each summed over the axes it was broadcast along.
  private static func derivative(
    _ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, for wants: (a: Bool, b: Bool)
  ) -> GraphNode.Derivative {
    { gradient in
      let g = gradient
      func forA(_ part: @autoclosure () throws -> Tensor) rethrows -> Tensor? {
        wants.a ? try part() : nil
      }
      func forB(_ part: @autoclosure () throws -> Tensor) rethrows -> Tensor? {
        wants.b ? try part() : nil
      }
      func times(_ x: Tensor, _ y: Tensor) throws -> Tensor {
        try x.combined(.multiply, with: .tensor(y))
      }
      let parts: [Tensor?]
      switch operation {
      case .add: parts = [g, g]
      case .subtract: parts = [g, forB(g.applying(.neg))]
      case .multiply: parts = try [forA(times(g, b)), forB(times(g, a))]
      case .divide:
        let share = try g.combined(.divide, with: .tensor(b))
        let quotient = try a.combined(.divide, with: .tensor(b))
        parts = try [share, forB(times(share, quotient).applying(.neg))]
      case .power:
        let lower = try a.combined(.power, with: .tensor(b.combined(.subtract, with: .int(1))))
        let value = try a.combined(.power, with: .tensor(b))
        parts = try [
          forA(times(g, times(lower, b))), forB(times(g, times(value, a.applying(.log)))),
        ]
      case .remainder:
        let whole = try a.combined(.floorDivide, with: .tensor(b))
        parts = try [g, forB(times(g, whole).applying(.neg))]
      default: parts = [nil, nil]  // a staircase: its slope is zero
      }
      return try [parts[0]?.summed(to: a.shape), parts[1]?.summed(to: b.shape)]
    }
  }

  /// The gradient of a broadcast operand: what went into many places comes back from all of them.
  func summed(to shape: [Int]) throws(Fault) -> Tensor {
    if self.shape == shape { return self }
    let lead = rank - shape.count
    let stretched = (lead..<rank).filter { shape[$0 - lead] == 1 && self.shape[$0] != 1 }
    return try sum(over: Array(0..<lead) + stretched).reshaped(shape)
  }

  /// `torch.result_type`.
  static func resultType(_ a: ElementwiseOperand, _ b: ElementwiseOperand) -> DType {
    if a.standing == b.standing { return .promoted(a.dtype, b.dtype) }
    let (strong, weak) = a.standing > b.standing ? (a, b) : (b, a)
    return .promoted(stronger: strong.dtype, weaker: weak.dtype)
  }

  @inline(__always)
  private static func pairs<T: TensorScalar, R: TensorScalar>(
    _ a: Tensor, _ b: Tensor, _ plan: Broadcast, _ body: (T, T) -> R
  ) -> Tensor {
    a.withElements(of: T.self) { left in
      b.withElements(of: T.self) { right in
        Tensor(shape: plan.shape, of: R.self) { plan.fill($0, left, right, body) }
      }
    }
  }

  @inline(__always)
  private static func compared<T: TensorScalar & Comparable>(
    _ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, _ plan: Broadcast, _ type: T.Type
  ) -> Tensor? {
    switch operation {
    case .equal: pairs(a, b, plan) { (x: T, y: T) in x == y }
    case .notEqual: pairs(a, b, plan) { (x: T, y: T) in x != y }
    case .less: pairs(a, b, plan) { (x: T, y: T) in x < y }
    case .lessOrEqual: pairs(a, b, plan) { (x: T, y: T) in x <= y }
    case .greater: pairs(a, b, plan) { (x: T, y: T) in x > y }
    case .greaterOrEqual: pairs(a, b, plan) { (x: T, y: T) in x >= y }
    default: nil
    }
  }

  @inline(__always)
  private static func real<T: RealElement>(
    _ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, _ plan: Broadcast, _ type: T.Type
  ) throws(Fault) -> Tensor {
    switch operation {
    case .add: return pairs(a, b, plan) { (x: T, y: T) in x + y }
    case .subtract: return pairs(a, b, plan) { (x: T, y: T) in x - y }
    case .multiply: return pairs(a, b, plan) { (x: T, y: T) in x * y }
    case .divide: return pairs(a, b, plan) { (x: T, y: T) in x / y }
    case .floorDivide: return pairs(a, b, plan) { (x: T, y: T) in floorDivided(x, y) }
    case .remainder: return pairs(a, b, plan) { (x: T, y: T) in floorRemainder(x, y) }
    case .power:
      if b.count == 1, b.scalarValue() == 2 { return pairs(a, b, plan) { (x: T, _: T) in x * x } }
      return pairs(a, b, plan) { (x: T, y: T) in T.power(x, y) }
    default:
      guard let result = compared(operation, a, b, plan, T.self) else { throw refusal(operation) }
      return result
    }
  }

  @inline(__always)
  private static func whole<T: TensorScalar & FixedWidthInteger>(
    _ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, _ plan: Broadcast, _ type: T.Type
  ) throws(Fault) -> Tensor {
    switch operation {
    case .add: return pairs(a, b, plan) { (x: T, y: T) in x &+ y }
    case .subtract: return pairs(a, b, plan) { (x: T, y: T) in x &- y }
    case .multiply: return pairs(a, b, plan) { (x: T, y: T) in x &* y }
    case .floorDivide:
      try refuseZero(in: b, T.self)
      return pairs(a, b, plan) { (x: T, y: T) in floorDivided(x, y) }
    case .remainder:
      try refuseZero(in: b, T.self)
      return pairs(a, b, plan) { (x: T, y: T) in
        let rest = x.remainderReportingOverflow(dividingBy: y).partialValue
        return rest != 0 && (rest < 0) != (y < 0) ? rest &+ y : rest
      }
    case .power:
      let hasNegative = b.withElements(of: T.self) { $0.contains { $0 < 0 } }
      if hasNegative {
        throw Fault(
          .numeric, "integers have no negative integer powers", remedy: "use .float() first")
      }
      return pairs(a, b, plan) { (x: T, y: T) in power(x, y) }
    default:
      guard let result = compared(operation, a, b, plan, T.self) else { throw refusal(operation) }
      return result
    }
  }

  /// Sums and products of bool are or and and; torch refuses the rest too.
  private static func logical(
    _ operation: BinaryOperator, _ a: Tensor, _ b: Tensor, _ plan: Broadcast
  ) throws(Fault) -> Tensor {
    switch operation {
    case .add: return pairs(a, b, plan) { (x: Bool, y: Bool) in x || y }
    case .multiply: return pairs(a, b, plan) { (x: Bool, y: Bool) in x && y }
    default:
      throw Fault(
        .unsupported, "\(operation.rawValue) has no meaning between bool tensors",
        remedy: "use .long() or .float() first")
    }
  }

  private static func refusal(_ operation: BinaryOperator) -> Fault {
    .unsupported("\(operation.rawValue) between tensors is not supported")
  }

  private static func refuseZero<T: TensorScalar & FixedWidthInteger>(
    in divisor: Tensor, _ type: T.Type
  ) throws(Fault) {
    let hasZero = divisor.withElements(of: T.self) { $0.contains(0) }
    if hasZero { throw Fault(.numeric, "integer division by zero", remedy: "use / or .float()") }
  }

  @inline(__always)
  private static func floorDivided<T: FixedWidthInteger>(_ x: T, _ y: T) -> T {
    let quotient = x.dividedReportingOverflow(by: y).partialValue
    let rest = x.remainderReportingOverflow(dividingBy: y).partialValue
    return rest != 0 && (rest < 0) != (y < 0) ? quotient &- 1 : quotient
  }

  @inline(__always)
  private static func power<T: FixedWidthInteger>(_ base: T, _ exponent: T) -> T {
    var (result, factor, rest): (T, T, T) = (1, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result &* factor }
      factor = factor &* factor
      rest >>= 1
    }
    return result
  }

  /// torch's `div(rounding_mode="floor")`: exact where the quotient of the rounded division is not.
  @inline(__always)
  private static func floorDivided<T: RealElement>(_ x: T, _ y: T) -> T {
    if y == 0 { return x / y }
    let rest = x.truncatingRemainder(dividingBy: y)
    var quotient = (x - rest) / y
    if rest != 0, (y < 0) != (rest < 0) { quotient -= 1 }
    if quotient == 0 { return x / y < 0 ? -0.0 : 0 }
    let below = quotient.rounded(.down)
    return quotient - below > 0.5 ? below + 1 : below
  }

  @inline(__always)
  private static func floorRemainder<T: RealElement>(_ x: T, _ y: T) -> T {
    let rest = x.truncatingRemainder(dividingBy: y)
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
  }
}

extension BinaryOperator {
  var isComparison: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }
}
