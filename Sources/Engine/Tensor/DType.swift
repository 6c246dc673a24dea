/// The element types a tensor can have, by torch's names.
public enum DType: String, Sendable, CaseIterable {
  case float32, bfloat16, float64, int64, int32, uint8, bool

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .uint8, .bool: 1
    case .bfloat16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  public var isFloatingPoint: Bool { self == .float32 || self == .bfloat16 || self == .float64 }
}

/// A Swift type that is stored as the elements of one dtype.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  static var dtype: DType { get }
}

extension Float: TensorScalar { public static var dtype: DType { .float32 } }
extension Double: TensorScalar { public static var dtype: DType { .float64 } }
extension Int64: TensorScalar { public static var dtype: DType { .int64 } }
extension Int32: TensorScalar { public static var dtype: DType { .int32 } }
extension UInt8: TensorScalar { public static var dtype: DType { .uint8 } }
extension Bool: TensorScalar { public static var dtype: DType { .bool } }
