import Components

/// Several tensors made one. Dtypes meet as in arithmetic.
extension Tensor {
  /// One after another along an axis they have; all other sizes must agree (torch's `cat`).
  public static func concatenated(_ tensors: [Tensor], along axis: Int) throws(Fault) -> Tensor {
    guard let first = tensors.first else {
      throw Fault(.invalid, "there is nothing to join", wanted: "at least one tensor")
    }
    guard first.rank > 0 else {
      throw Fault(
        .shape, "tensors without axes cannot be joined", got: "\(first.shape)",
        remedy: "use stack")
    }
    let axis = try first.axis(axis)
    for (index, tensor) in tensors.enumerated() {
      let agrees =
        tensor.rank == first.rank
        && tensor.shape.indices.allSatisfy { $0 == axis || tensor.shape[$0] == first.shape[$0] }
      guard agrees else {
        throw Fault(
          .shape, "shapes \(first.shape) and \(tensor.shape) cannot be joined along axis \(axis)",
          got: "\(tensor.shape) at #\(index + 1)",
          wanted: "\(first.shape) but for axis \(axis)")
      }
    }
    if tensors.count == 1 { return first }
    let dtype = tensors.dropFirst().reduce(first.dtype) { promoted($0, $1.dtype) }
    let parts = tensors.map { $0.converted(to: dtype) }
    var shape = first.shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *) * dtype.size
    let stride = shape[axis] * inner
    let result = Tensor(shape: shape, dtype: dtype) { result in
      var offset = 0
      for part in parts {
        let length = part.shape[axis] * inner
        part.withUnsafeBytes { source in
          for block in 0..<outer {
            let target = block * stride + offset
            UnsafeMutableRawBufferPointer(rebasing: result[target..<target + length])
              .copyMemory(
                from: UnsafeRawBufferPointer(
                  rebasing: source[block * length..<(block + 1) * length]))
          }
        }
        offset += length
      }
    }
    let sizes = parts.map { $0.shape[axis] }
    return result.recorded(parts.map { .init($0) }) { gradient in
      var start = 0
      return try sizes.map { size in
        defer { start += size }
        return try gradient.narrowed(along: axis, from: start, count: size)
      }
    }
  }

  /// Beside each other along a new axis; all shapes must be equal (torch's `stack`).
  public static func stacked(_ tensors: [Tensor], along axis: Int = 0) throws(Fault) -> Tensor {
    guard let first = tensors.first else {
      throw Fault(.invalid, "there is nothing to stack", wanted: "at least one tensor")
    }
    if let other = tensors.first(where: { $0.shape != first.shape }) {
      throw Fault(
        .shape, "shapes \(first.shape) and \(other.shape) cannot be stacked",
        got: "\(other.shape)", wanted: "\(first.shape)")
    }
    let axis = try Self.axis(axis, of: first.shape, rank: first.rank + 1)
    var shape = first.shape
    shape.insert(1, at: axis)
    return try concatenated(tensors.map { $0.reshaped(shape) }, along: axis)
  }

  private static func promoted(_ left: DType, _ right: DType) -> DType { .promoted(left, right) }
}

extension Tensor {
  /// Label numbers along an axis of size 1 become `classes` planes of 0 and 1, float32 (MONAI 0.8.1
  /// `one_hot`). Fractions are cut off first.
  public func oneHot(classes: Int, along axis: Int = 1) throws(Fault) -> Tensor {
    let axis = try self.axis(axis)
    guard rank > axis, shape[axis] == 1 else {
      throw Fault(
        .shape, "labels have size 1 along axis \(axis)", got: "\(shape)",
        wanted: "\(shape.indices.map { $0 == axis ? "1" : "\(shape[$0])" })")
    }
    var newShape = shape
    newShape[axis] = classes
    guard classes > 0 else {
      throw Fault(.outOfRange, "one_hot needs at least one class", got: "\(classes)")
    }
    try Self.allow(newShape, from: [shape])
    let labels = converted(to: .int64).elements(of: Int64.self)
    if let stray = labels.first(where: { $0 < 0 || $0 >= classes }) {
      throw Fault(
        .data, "label \(stray) is none of \(classes) classes", got: "\(stray)",
        wanted: "0...\(classes - 1)")
    }
    let inner = shape[(axis + 1)...].reduce(1, *)
    return Tensor(shape: newShape, of: Float.self) { result in
      result.initialize(repeating: 0)
      for (place, label) in labels.enumerated() {
        let (block, rest) = place.quotientAndRemainder(dividingBy: max(inner, 1))
        result[(block * classes + Int(label)) * inner + rest] = 1
      }
    }
  }
}
