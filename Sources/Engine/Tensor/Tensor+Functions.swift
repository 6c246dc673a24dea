import Components
import Glibc

/// Float and Double with the functions of the C library.
protocol RealElement: StoredElement, BinaryFloatingPoint {
  static func power(_ base: Self, _ exponent: Self) -> Self
  static func exponential(_ x: Self) -> Self
  static func logarithm(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
}

extension Float: RealElement {
  static func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }
  static func exponential(_ x: Float) -> Float { expf(x) }
  static func logarithm(_ x: Float) -> Float { logf(x) }
  static func hyperbolicTangent(_ x: Float) -> Float { tanhf(x) }
}

extension Double: RealElement {
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func logarithm(_ x: Double) -> Double { log(x) }
  static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
}

/// Functions of one number, by torch's names.
public enum ElementwiseFunction: String, Sendable, CaseIterable {
  case abs, neg, round, floor, ceil, exp, log, sqrt, sigmoid, tanh, relu

  /// Integers stay integers under these; the others make them float32.
  var keepsIntegers: Bool {
    switch self {
    case .abs, .neg, .round, .floor, .ceil, .relu: true
    default: false
    }
  }
}

extension Tensor {
  /// The function of every element; `round` sends halves to the even neighbour, as torch does.
  public func applying(_ function: ElementwiseFunction) -> Tensor {
    let x = detached
    let result = x.applied(function)
    return result.recorded([.init(self)]) { gradient in
      let slope = try x.slope(of: function, result)
      return [try slope.map { try gradient.combined(.multiply, with: .tensor($0)) }]
    }
  }

  /// The derivative at every element; nil where it is zero everywhere.
  private func slope(of function: ElementwiseFunction, _ result: Tensor) throws -> Tensor? {
    switch function {
    case .round, .floor, .ceil: return nil
    case .neg: return Tensor([-1] as [Float], shape: [])
    case .exp: return result
    case .log: return try combined(.divide, with: .int(1), swapped: true)
    case .sqrt: return try result.combined(.divide, with: .double(0.5), swapped: true)
    case .sigmoid:
      let rest = try result.combined(.subtract, with: .int(1), swapped: true)
      return try result.combined(.multiply, with: .tensor(rest))
    case .tanh:
      let square = try result.combined(.power, with: .int(2))
      return try square.combined(.subtract, with: .int(1), swapped: true)
    case .relu: return try combined(.greater, with: .int(0)).converted(to: dtype)
    case .abs:
      let above = try combined(.greater, with: .int(0)).converted(to: dtype)
      let below = try combined(.less, with: .int(0)).converted(to: dtype)
      return try above.combined(.subtract, with: .tensor(below))
    }
  }

  private func applied(_ function: ElementwiseFunction) -> Tensor {
    switch dtype {
    case .float32: return real(function, Float.self)
    case .float64: return real(function, Double.self)
    case .bfloat16: return converted(to: .float32).real(function, Float.self).converted(to: dtype)
    case .int64, .int32, .uint8:
      guard function.keepsIntegers else {
        return converted(to: .float32).real(function, Float.self)
      }
      return converted(to: .int64).whole(function).converted(to: dtype)
    case .bool: return converted(to: .float32).real(function, Float.self)
    }
  }

  @inline(__always)
  func mapElements<T: TensorScalar, R: TensorScalar>(_ body: (T) -> R) -> Tensor {
    withElements(of: T.self) { source in
      Tensor(shape: shape, of: R.self) { result in
        for i in source.indices { result[i] = body(source[i]) }
      }
    }
  }

  /// `body` of both tensors' elements; they have one shape and dtype.
  @inline(__always)
  func mapPairs<T: TensorScalar, R: TensorScalar>(_ other: Tensor, _ body: (T, T) -> R) -> Tensor {
    withElements(of: T.self) { first in
      other.withElements(of: T.self) { second in
        Tensor(shape: shape, of: R.self) { result in
          for i in first.indices { result[i] = body(first[i], second[i]) }
        }
      }
    }
  }

  @inline(__always)
  private func real<T: RealElement>(_ function: ElementwiseFunction, _ type: T.Type) -> Tensor {
    switch function {
    case .abs: mapElements { (x: T) in x.magnitude }
    case .neg: mapElements { (x: T) in -x }
    case .round: mapElements { (x: T) in x.rounded(.toNearestOrEven) }
    case .floor: mapElements { (x: T) in x.rounded(.down) }
    case .ceil: mapElements { (x: T) in x.rounded(.up) }
    case .exp: mapElements { (x: T) in T.exponential(x) }
    case .log: mapElements { (x: T) in T.logarithm(x) }
    case .sqrt: mapElements { (x: T) in x.squareRoot() }
    case .sigmoid: mapElements { (x: T) in 1 / (1 + T.exponential(-x)) }
    case .tanh: mapElements { (x: T) in T.hyperbolicTangent(x) }
    case .relu: mapElements { (x: T) in x < 0 ? 0 : x }
    }
  }

  private func whole(_ function: ElementwiseFunction) -> Tensor {
    switch function {
    case .abs: mapElements { (x: Int64) in x < 0 ? 0 &- x : x }
    case .neg: mapElements { (x: Int64) in 0 &- x }
    case .relu: mapElements { (x: Int64) in max(x, 0) }
    default: self
    }
  }

  /// Elements below `low` become `low`, those above `high` become `high`; NaN stays (torch's `clamp`).
  public func clamped(from low: Double?, to high: Double?) -> Tensor {
    let (low, high) = (low ?? -.infinity, high ?? .infinity)
    guard dtype.isFloatingPoint else {
      let (least, most) = (low.rounded(.up), high.rounded(.down))
      let lower = least <= -0x1p63 ? Int64.min : least.integer
      let upper = most >= 0x1p63 ? Int64.max : most.integer
      return converted(to: .int64).mapElements { (x: Int64) in min(max(x, lower), upper) }
        .converted(to: dtype)
    }
    let x = detached
    let result = x.converted(to: .float64).mapElements { (x: Double) in
      x < low ? low : x > high ? high : x
    }.converted(to: dtype)
    return result.recorded([.init(self)]) { gradient in
      let isInside = x.converted(to: .float64).mapElements { (x: Double) in x >= low && x <= high }
      return [
        try gradient.combined(.multiply, with: .tensor(isInside.converted(to: gradient.dtype)))
      ]
    }
  }

  /// Exponentials divided by their sum along `axis`, the largest element taken off first.
  public func softmax(along axis: Int) throws(Fault) -> Tensor {
    // A shift changes nothing, so no gradient goes through it.
    let top = try detached.maximum(over: [axis], keepingAxes: true)
    let powers = try combined(.subtract, with: .tensor(top)).applying(.exp)
    return try powers.combined(
      .divide, with: .tensor(powers.sum(over: [axis], keepingAxes: true)))
  }

  /// Elements of `self` where `condition` holds and of `other` elsewhere, broadcast together.
  public static func chosen(
    where condition: Tensor, _ first: ElementwiseOperand, _ second: ElementwiseOperand
  ) throws(Fault) -> Tensor {
    let dtype = resultType(first, second)
    let operands = [first, second].map { $0.tensor.converted(to: dtype) }
    let mask = condition.converted(to: .bool)
    let shape = try Broadcast(Broadcast(mask.shape, operands[0].shape).shape, operands[1].shape)
      .shape
    let flags = try mask.expanded(to: shape)
    let (a, b) = (try operands[0].expanded(to: shape), try operands[1].expanded(to: shape))
    let result =
      switch dtype.size {
      case 1: chosen(flags, a, b, UInt8.self)
      case 2: chosen(flags, a, b, UInt16.self)
      case 4: chosen(flags, a, b, UInt32.self)
      default: chosen(flags, a, b, UInt64.self)
      }
    return result.recorded([.init(a), .init(b)]) { gradient in
      try [
        chosen(where: flags, .tensor(gradient), .int(0)),
        chosen(where: flags, .int(0), .tensor(gradient)),
      ]
    }
  }

  /// `Bits` is as wide as an element.
  @inline(__always)
  private static func chosen<Bits: BitwiseCopyable>(
    _ flags: Tensor, _ first: Tensor, _ second: Tensor, _ bits: Bits.Type
  ) -> Tensor {
    flags.withElements(of: Bool.self) { flags in
      first.withUnsafeBytes { a in
        second.withUnsafeBytes { b in
          let (a, b) = (a.bindMemory(to: Bits.self), b.bindMemory(to: Bits.self))
          return Tensor(shape: first.shape, dtype: first.dtype) { result in
            let result = result.bindMemory(to: Bits.self)
            for i in flags.indices { result[i] = flags[i] ? a[i] : b[i] }
          }
        }
      }
    }
  }
}
