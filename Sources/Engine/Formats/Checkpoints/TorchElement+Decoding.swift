import Components

extension TorchElement {
  /// - Throws: for types without a counterpart.
  func requiredDType(path: String) throws -> DType {
    if let dtype { return dtype }
    throw Fault.unsupported(
      "\(path.quoted) holds a tensor of \(rawValue), which has no counterpart",
      remedy: "convert it in Python: tensor.float()")
  }

  /// Elements as they lie in a file, little-endian, as a tensor of one axis; keeps the bytes where
  /// the dtypes agree.
  func decode(_ raw: Storage, count: Int, path: String) throws -> Tensor {
    let dtype = try requiredDType(path: path)
    func converted<From: BitwiseCopyable, To: TensorScalar>(
      _ from: From.Type, _ convert: (From) -> To
    ) -> Tensor {
      Tensor(shape: [count], of: To.self) { target in
        let source = raw.bytes.bindMemory(to: From.self)
        for index in 0..<count { target[index] = convert(source[index]) }
      }
    }
    switch self {
    case .float16: return converted(Float16.self) { Float($0) }
    case .int16: return converted(Int16.self) { Int32($0) }
    case .int8: return converted(Int8.self) { Int32($0) }
    case .uint16: return converted(UInt16.self) { Int32($0) }
    case .uint32: return converted(UInt32.self) { Int64($0) }
    case .uint64:
      guard raw.bytes.bindMemory(to: UInt64.self).allSatisfy({ $0 <= UInt64(Int64.max) }) else {
        throw Fault.unsupported("\(path.quoted) holds uint64 numbers beyond the range of int64")
      }
    case .bool:
      for index in raw.bytes.indices where raw.bytes[index] > 1 { raw.bytes[index] = 1 }
    default: break
    }
    return Tensor(shape: [count], dtype: dtype, storage: raw)
  }
}
