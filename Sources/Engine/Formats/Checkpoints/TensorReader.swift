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
    let dtype = try reference.element.requiredDType(path: path)
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
    let tensor = try element.decode(raw, count: key.count, path: path)
    decoded[key] = tensor
    return tensor
  }

  private static func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, width: Int) {
    guard width > 1 else { return }
    for start in stride(from: 0, to: bytes.count - width + 1, by: width) {
      bytes[start..<(start + width)].reverse()
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
