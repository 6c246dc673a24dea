/// The element types PyTorch writes, and what becomes of each here.
enum TorchElement: String, CaseIterable {
  case float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool
  case uint16, uint32, uint64, complex64, complex128
  case float8_e4m3fn, float8_e5m2, float8_e4m3fnuz, float8_e5m2fnuz

  /// Bytes of one element in the file.
  var size: Int {
    switch self {
    case .int8, .uint8, .bool, .float8_e4m3fn, .float8_e5m2, .float8_e4m3fnuz, .float8_e5m2fnuz: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64, .complex64: 8
    case .complex128: 16
    }
  }

  /// The smallest dtype of ours that holds every value; nil for complex and 8-bit floats.
  ///
  /// `uint64` becomes `int64`; values beyond its range are refused when they are read.
  var dtype: DType? {
    switch self {
    case .float64: .float64
    case .float32, .float16: .float32
    case .bfloat16: .bfloat16
    case .int64, .uint32, .uint64: .int64
    case .int32, .int16, .int8, .uint16: .int32
    case .uint8: .uint8
    case .bool: .bool
    case .complex64, .complex128, .float8_e4m3fn, .float8_e5m2, .float8_e4m3fnuz,
      .float8_e5m2fnuz:
      nil
    }
  }

  /// `FloatStorage` → float32.
  init?(storageClass name: String) {
    let classes: [String: TorchElement] = [
      "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16,
      "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32,
      "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
      "ComplexFloatStorage": .complex64, "ComplexDoubleStorage": .complex128,
    ]
    guard let element = classes[name] else { return nil }
    self = element
  }

  /// `half` and the other short names, or the plain one.
  init?(dtypeName name: String) {
    let short: [String: TorchElement] = [
      "double": .float64, "float": .float32, "half": .float16, "long": .int64, "int": .int32,
      "short": .int16, "cfloat": .complex64, "cdouble": .complex128,
    ]
    guard let element = short[name] ?? TorchElement(rawValue: name) else { return nil }
    self = element
  }
}

extension DType {
  /// The class torch knows a storage of this dtype by.
  var torchStorageClass: String {
    switch self {
    case .float32: "FloatStorage"
    case .bfloat16: "BFloat16Storage"
    case .float64: "DoubleStorage"
    case .int64: "LongStorage"
    case .int32: "IntStorage"
    case .uint8: "ByteStorage"
    case .bool: "BoolStorage"
    }
  }
}
