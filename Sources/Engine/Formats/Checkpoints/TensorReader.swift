import Components

/// Reads the tensors of one checkpoint; bytes that several share are read once.
final class TensorReader {
  /// How a storage's bytes are fetched: their count, and the bytes themselves.
  struct Records {
    let byteCount: (StorageReference) throws -> Int
    let read: (StorageReference, UnsafeMutableRawBufferPointer) throws -> Void
  }

  private let path: String
  private let records: Records
  private let isBigEndian: Bool
  private var decoded: [StorageReference: Tensor] = [:]
  private var elementSizes: [String: Int] = [:]
  /// Bytes that copied views may still take: without a bound, strides of zero make any size.
  private var viewBudget: Int

  init(path: String, fileSize: Int, isBigEndian: Bool, records: Records) {
    (self.path, self.isBigEndian, self.records) = (path, isBigEndian, records)
    viewBudget = max(2 * fileSize, 64 << 20)
  }

  func tensor(_ reference: TensorReference) throws -> Tensor {
    guard let dtype = reference.element.dtype else {
      throw Fault.unsupported(
        "\(path.quoted) holds a tensor of \(reference.element.rawValue), which has no counterpart",
        remedy: "convert it in Python: tensor.float()")
    }
    let count = try elementCount(reference)
    let storage = try storage(reference)
    try check(reference, count: count, available: storage.count)
    if reference.offset == 0, count == storage.count, isDense(reference) {
      return storage.reshaped(reference.shape)
    }
    let (size, overflow) = count.multipliedReportingOverflow(by: dtype.size)
    guard !overflow, size <= viewBudget else {
      throw Fault(.limit, "\(path.quoted) describes views that are larger than the file")
    }
    viewBudget -= size
    return gather(reference, from: storage)
  }

  private func elementCount(_ reference: TensorReference) throws -> Int {
    guard reference.shape.count == reference.strides.count, reference.shape.count <= 64 else {
      throw Fault.damaged(path, "a tensor has \(reference.strides.count) strides for its shape")
    }
    var count = 1
    for size in reference.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else {
        throw Fault.damaged(path, "a tensor has the shape \(reference.shape)")
      }
      count = product
    }
    return count
  }

  private func check(_ reference: TensorReference, count: Int, available: Int) throws {
    var last = reference.offset
    var isValid = reference.offset >= 0
    if count > 0 {
      for (size, stride) in zip(reference.shape, reference.strides) {
        let (reach, tooFar) = (size - 1).multipliedReportingOverflow(by: stride)
        let (sum, overflow) = last.addingReportingOverflow(reach)
        isValid = isValid && stride >= 0 && !tooFar && !overflow
        last = sum
      }
      isValid = isValid && last < available
    }
    guard isValid else {
      throw Fault.damaged(
        path,
        "a tensor reaches outside its \(available) elements: shape \(reference.shape), "
          + "strides \(reference.strides), offset \(reference.offset)")
    }
  }

  private func isDense(_ reference: TensorReference) -> Bool {
    var expected = 1
    for (size, stride) in zip(reference.shape, reference.strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }

  /// All elements of a storage as one row.
  private func storage(_ reference: TensorReference) throws -> Tensor {
    let element = reference.element
    let isTyped = reference.storage.element != nil
    let key = StorageReference(
      key: reference.storage.key, element: element,
      count: isTyped ? reference.storage.count : reference.storage.count / element.size)
    if let tensor = decoded[key] { return tensor }
    guard elementSizes.updateValue(element.size, forKey: key.key) ?? element.size == element.size
    else { throw Fault.damaged(path, "two tensors read the storage \(key.key) in unlike sizes") }
    let (size, overflow) = key.count.multipliedReportingOverflow(by: element.size)
    let actual = try records.byteCount(reference.storage)
    guard !overflow, size == actual else {
      throw Fault.damaged(
        path, "the storage \(key.key) has \(actual) bytes, not \(key.count) × \(element.size)")
    }
    let raw = Storage(byteCount: size)
    try records.read(reference.storage, raw.bytes)
    if isBigEndian { Self.swapBytes(raw.bytes, width: element.size) }
    let tensor = try decode(raw, element, count: key.count)
    decoded[key] = tensor
    return tensor
  }

  private static func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, width: Int) {
    guard width > 1 else { return }
    for start in stride(from: 0, to: bytes.count - width + 1, by: width) {
      bytes[start..<(start + width)].reverse()
    }
  }

  private func decode(_ raw: Storage, _ element: TorchElement, count: Int) throws -> Tensor {
    let shape = [count]
    func converted<From: BitwiseCopyable, To: TensorScalar>(
      _ from: From.Type, _ convert: (From) -> To
    ) -> Tensor {
      Tensor(shape: shape, of: To.self) { target in
        let source = raw.bytes.bindMemory(to: From.self)
        for index in 0..<count { target[index] = convert(source[index]) }
      }
    }
    switch element {
    case .float16: return converted(Float16.self) { Float($0) }
    case .int16: return converted(Int16.self) { Int32($0) }
    case .int8: return converted(Int8.self) { Int32($0) }
    case .uint16: return converted(UInt16.self) { Int32($0) }
    case .uint32: return converted(UInt32.self) { Int64($0) }
    case .uint64:
      guard raw.bytes.bindMemory(to: UInt64.self).allSatisfy({ $0 <= UInt64(Int64.max) }) else {
        throw Fault.unsupported("\(path.quoted) holds uint64 numbers beyond the range of int64")
      }
      return Tensor(shape: shape, dtype: .int64, storage: raw)
    case .bool:
      for index in raw.bytes.indices where raw.bytes[index] > 1 { raw.bytes[index] = 1 }
      return Tensor(shape: shape, dtype: .bool, storage: raw)
    default:
      guard let dtype = element.dtype else {
        throw Fault.unsupported("\(path.quoted) holds a tensor of \(element.rawValue)")
      }
      return Tensor(shape: shape, dtype: dtype, storage: raw)
    }
  }

  /// Copies the elements of a view, last axis fastest.
  private func gather(_ reference: TensorReference, from storage: Tensor) -> Tensor {
    let size = storage.dtype.size
    return Tensor(shape: reference.shape, dtype: storage.dtype) { target in
      guard !target.isEmpty else { return }
      storage.withUnsafeBytes { source in
        var index = [Int](repeating: 0, count: reference.shape.count)
        var from = reference.offset
        for to in stride(from: 0, to: target.count, by: size) {
          target[to..<(to + size)].copyBytes(from: source[(from * size)..<(from * size + size)])
          for axis in reference.shape.indices.reversed() {
            index[axis] += 1
            from += reference.strides[axis]
            if index[axis] < reference.shape[axis] { break }
            from -= reference.strides[axis] * reference.shape[axis]
            index[axis] = 0
          }
        }
      }
    }
  }
}
