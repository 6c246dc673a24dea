import Components

/// Element types a config can name for images. Samples hold float32; the other types say how values
/// are rounded, and in which type a file is written.
public enum VoxelType: String, ChoiceArgument, Sendable {
  case float32, float64, int64, int32, int16, uint16, uint8

  /// The values as this type would hold them, in float32.
  func rounding(_ tensor: Tensor) -> Tensor {
    guard let range = integerRange else { return tensor }
    return tensor.withElements(of: Float.self) { source in
      Tensor(shape: tensor.shape, of: Float.self) { target in
        for index in target.indices {
          let whole = source[index].rounded(.towardZero)
          target[index] = whole.isNaN ? 0 : min(max(whole, range.low), range.high)
        }
      }
    }
  }

  /// The type in a NIfTI file.
  var element: NIfTI.Element {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int64: .int64
    case .int32: .int32
    case .int16: .int16
    case .uint16: .uint16
    case .uint8: .uint8
    }
  }

  private var integerRange: (low: Float, high: Float)? {
    switch self {
    case .float32, .float64: nil
    case .int64: (-0x1p63, 0x1p63)
    case .int32: (-0x1p31, 0x1p31)
    case .int16: (-32768, 32767)
    case .uint16: (0, 65535)
    case .uint8: (0, 255)
    }
  }
}
