/// The upper half of a float32: eight bits of exponent, seven of fraction.
public struct BFloat16: TensorScalar, Hashable {
  public let bits: UInt16

  public static var dtype: DType { .bfloat16 }

  public init(bits: UInt16) { self.bits = bits }

  /// Rounds to nearest, halves to even, as torch and the AVX512-BF16 instructions do; a NaN stays one.
  public init(_ value: Float) {
    let pattern = value.bitPattern
    if value.isNaN {
      bits = 0x7fc0
    } else {
      bits = UInt16(truncatingIfNeeded: (pattern &+ 0x7fff &+ (pattern >> 16 & 1)) >> 16)
    }
  }

  public var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}
