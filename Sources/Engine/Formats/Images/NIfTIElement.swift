import CKernels

extension NIfTI {
  /// The element types of a NIfTI file, by the codes of its `datatype` field.
  public enum Element: Int16, Sendable, CaseIterable {
    case uint8 = 2
    case int16 = 4
    case int32 = 8
    case float32 = 16
    case float64 = 64
    case int8 = 256
    case uint16 = 512
    case uint32 = 768
    case int64 = 1024
    case uint64 = 1280

    /// Bytes of one element.
    public var size: Int { Int(voxel_size(voxelType)) }

    /// What a tensor of that dtype is written as when nothing else is asked for.
    public init(_ dtype: DType) {
      switch dtype {
      case .float32, .bfloat16: self = .float32
      case .float64: self = .float64
      case .int64: self = .int64
      case .int32: self = .int32
      case .uint8, .bool: self = .uint8
      }
    }

    /// By numpy's name: `float32`, `uint8`.
    public init?(named name: String) {
      guard let element = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
      self = element
    }

    var voxelType: voxel_type {
      switch self {
      case .uint8: VOXEL_U8
      case .int16: VOXEL_I16
      case .int32: VOXEL_I32
      case .float32: VOXEL_F32
      case .float64: VOXEL_F64
      case .int8: VOXEL_I8
      case .uint16: VOXEL_U16
      case .uint32: VOXEL_U32
      case .int64: VOXEL_I64
      case .uint64: VOXEL_U64
      }
    }
  }
}

extension DType {
  var voxelType: voxel_type {
    switch self {
    case .float32: VOXEL_F32
    case .bfloat16: VOXEL_BF16
    case .float64: VOXEL_F64
    case .int64: VOXEL_I64
    case .int32: VOXEL_I32
    case .uint8, .bool: VOXEL_U8
    }
  }
}
