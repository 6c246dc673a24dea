import Components

/// One entry of `x[a, b, ...]`.
public enum TensorIndex: Sendable {
  /// One position; the axis disappears. Negative ones count from the end.
  case position(Int)
  /// `a:b:c` as in Python; a negative step walks backwards.
  case slice(SliceBounds)
  /// `None`: an axis of size 1 that takes no axis of the tensor.
  case newAxis
}

/// Parts of tensors and other orders of axes. All copy, unless the result is the whole tensor.
extension Tensor {
  /// The part that `indices` name, axis by axis from the front; axes without an index stay whole.
  public func indexed(_ indices: [TensorIndex]) throws(Fault) -> Tensor {
    let strides = Self.denseStrides(shape)
    var (newShape, newStrides, start, axis): ([Int], [Int], Int, Int) = ([], [], 0, 0)
    for index in indices {
      if case .newAxis = index {
        newShape.append(1)
        newStrides.append(0)
        continue
      }
      guard axis < rank else {
        throw Fault(
          .shape, "more indices than axes", got: "\(indices.count)",
          wanted: "at most \(rank) for shape \(shape)")
      }
      switch index {
      case .position(let position):
        start += try place(position, along: axis) * strides[axis]
      case .slice(let bounds):
        let (first, count, step) = try bounds.positions(in: shape[axis])
        start += count > 0 ? first * strides[axis] : 0
        newShape.append(count)
        // The step to a second element may be beyond any integer when there is none.
        newStrides.append(count > 1 ? step * strides[axis] : 0)
      case .newAxis: break
      }
      axis += 1
    }
    return strided(
      shape: newShape + shape[axis...], strides: newStrides + strides[axis...], start: start)
  }

  /// `count` elements of one axis, from `start` on (torch's `narrow`).
  public func narrowed(along axis: Int, from start: Int, count: Int) throws(Fault) -> Tensor {
    let axis = try self.axis(axis)
    guard start >= 0, count >= 0, rank > 0, start <= shape[axis] - count else {
      throw Fault(
        .outOfRange, "no \(count) elements from \(start) on along axis \(axis) of shape \(shape)",
        got: "\(count) from \(start)", wanted: "within 0..<\(rank > 0 ? shape[axis] : 0)")
    }
    let whole = Array(repeating: TensorIndex.slice(SliceBounds()), count: axis)
    return try indexed(whole + [.slice(SliceBounds(start: start, stop: start + count))])
  }

  /// One position of one axis, which disappears (torch's `select`).
  public func selected(along axis: Int, at position: Int) throws(Fault) -> Tensor {
    let axis = try self.axis(axis)
    let whole = Array(repeating: TensorIndex.slice(SliceBounds()), count: axis)
    return try indexed(whole + [.position(position)])
  }

  /// The elements, or the sub-tensors, where `mask` is true; the axes of the mask become one.
  public func elements(where mask: Tensor) throws(Fault) -> Tensor {
    guard mask.dtype == .bool, mask.rank <= rank, mask.shape == Array(shape.prefix(mask.rank))
    else {
      throw Fault(
        .shape, "the mask does not fit a tensor of shape \(shape)",
        got: "\(mask.dtype.rawValue) \(mask.shape)",
        wanted: "bool \(Array(shape.prefix(max(mask.rank, 1))))")
    }
    let flags = mask.elements(of: Bool.self)
    return rows(flags.indices.filter { flags[$0] }, axes: mask.rank)
  }

  /// The sub-tensors at `positions` of the first axis, in that order.
  public func elements(at positions: [Int]) throws(Fault) -> Tensor {
    var places: [Int] = []
    for position in positions { places.append(try place(position, along: 0)) }
    return rows(places, axes: 1)
  }

  /// Axis `axes[i]` becomes axis i.
  public func permuted(axes: [Int]) throws(Fault) -> Tensor {
    var order: [Int] = []
    for axis in axes { order.append(try self.axis(axis)) }
    guard order.sorted() == Array(0..<rank) else {
      throw Fault(
        .invalid, "\(axes) is no order of the axes of shape \(shape)", got: "\(axes)",
        wanted: "each of 0..<\(rank) once")
    }
    let strides = Self.denseStrides(shape)
    return strided(shape: order.map { shape[$0] }, strides: order.map { strides[$0] }, start: 0)
  }

  /// Axes of size 1 stretched to `newShape` (torch's `expand`, copied).
  public func expanded(to newShape: [Int]) throws(Fault) -> Tensor {
    let lead = newShape.count - rank
    guard lead >= 0, zip(shape, newShape.dropFirst(lead)).allSatisfy({ $0 == $1 || $0 == 1 })
    else {
      throw Fault(
        .shape, "shape \(shape) cannot be stretched to \(newShape)", got: "\(shape)",
        wanted: "\(newShape), or 1 where they differ")
    }
    try Self.allow(newShape, from: [shape])
    let strides = zip(Self.denseStrides(shape), shape).map { $1 == 1 ? 0 : $0 }
    return strided(
      shape: newShape, strides: Array(repeating: 0, count: lead) + strides, start: 0)
  }

  /// The same elements under another shape; one size may be -1 and is worked out.
  public func reshaped(inferring sizes: [Int]) throws(Fault) -> Tensor {
    let unknown = sizes.indices.filter { sizes[$0] == -1 }
    let known = sizes.filter { $0 != -1 }.reduce((1, false)) {
      let (product, overflow) = $0.0.multipliedReportingOverflow(by: $1)
      return (product, $0.1 || overflow)
    }
    var newShape = sizes
    if let axis = unknown.first, unknown.count == 1, known.0 > 0, count % known.0 == 0 {
      newShape[axis] = count / known.0
    }
    guard !known.1, newShape.allSatisfy({ $0 >= 0 }), newShape.reduce(1, *) == count else {
      throw Fault(
        .shape, "a tensor of shape \(shape) cannot take shape \(sizes)", got: "\(sizes)",
        wanted: "\(count) elements\(unknown.count > 1 ? ", one -1 at most" : "")")
    }
    return reshaped(newShape)
  }
}

extension Tensor {
  private func place(_ position: Int, along axis: Int) throws(Fault) -> Int {
    let size = rank > axis ? shape[axis] : 0
    guard -size..<size ~= position else {
      throw Fault(
        .outOfRange, "index \(position) is outside axis \(axis) of shape \(shape)",
        got: "\(position)", wanted: size > 0 ? "\(-size)...\(size - 1)" : "nothing: it is empty")
    }
    return position < 0 ? position + size : position
  }

  /// Sub-tensors of the first `axes` axes, taken as one.
  private func rows(_ places: [Int], axes: Int) -> Tensor {
    let rest = Array(shape.dropFirst(axes))
    let length = rest.reduce(1, *)
    let bytes = length * dtype.size
    let result = withUnsafeBytes { source in
      Tensor(shape: [places.count] + rest, dtype: dtype) { result in
        for (row, place) in places.enumerated() {
          let part = UnsafeRawBufferPointer(rebasing: source[place * bytes..<(place + 1) * bytes])
          UnsafeMutableRawBufferPointer(rebasing: result[row * bytes..<(row + 1) * bytes])
            .copyMemory(from: part)
        }
      }
    }
    let (whole, own) = (shape, dtype)
    return result.recorded([.init(self)]) { gradient in
      let numbers = gradient.doubles()
      let sum = Tensor(shape: whole, of: Double.self) { sum in
        sum.initialize(repeating: 0)
        for (row, place) in places.enumerated() {
          for k in 0..<length { sum[place * length + k] += numbers[row * length + k] }
        }
      }
      return [sum.converted(to: own)]
    }
  }

  /// A dense copy of the elements `strides` apart.
  func strided(shape newShape: [Int], strides: [Int], start: Int) -> Tensor {
    if newShape.reduce(1, *) == 0 { return Tensor(zeros: newShape, dtype: dtype) }
    let isWhole = start == 0 && newShape.reduce(1, *) == count
    if isWhole && strides == Self.denseStrides(newShape) { return reshaped(newShape) }
    let walk = StridedWalk(shape: newShape, strides: strides, start: start)
    let result =
      switch dtype.size {
      case 1: strided(walk, UInt8.self)
      case 2: strided(walk, UInt16.self)
      case 4: strided(walk, UInt32.self)
      default: strided(walk, UInt64.self)
      }
    let (whole, own) = (shape, dtype)
    return result.recorded([.init(self)]) { gradient in
      let numbers = gradient.doubles()
      let sum = Tensor(shape: whole, of: Double.self) { sum in
        sum.initialize(repeating: 0)
        walk.forEachRow { out, place in
          for k in 0..<walk.row { sum[place + k * walk.step] += numbers[out + k] }
        }
      }
      return [sum.converted(to: own)]
    }
  }

  /// `Bits` is as wide as an element.
  @inline(__always)
  private func strided<Bits: BitwiseCopyable>(_ walk: StridedWalk, _ bits: Bits.Type) -> Tensor {
    withUnsafeBytes { source in
      let source = source.bindMemory(to: Bits.self)
      return Tensor(shape: walk.shape, dtype: dtype) { result in
        let result = result.bindMemory(to: Bits.self)
        walk.forEachRow { out, place in
          for k in 0..<walk.row { result[out + k] = source[place + k * walk.step] }
        }
      }
    }
  }
}

/// The elements of a dense result, row by row, and where each row begins in its source.
private struct StridedWalk: Sendable {
  let shape: [Int]
  let strides: [Int]
  let start: Int

  /// Elements of a row, and how far apart they are in the source.
  var row: Int { shape.last ?? 1 }
  var step: Int { strides.last ?? 1 }

  @inline(__always)
  func forEachRow(_ body: (_ out: Int, _ place: Int) -> Void) {
    let outer = Array(shape.dropLast())
    var position = [Int](repeating: 0, count: outer.count)
    var place = start
    for out in stride(from: 0, to: shape.reduce(1, *), by: row) {
      body(out, place)
      var axis = outer.count - 1
      while axis >= 0 {
        position[axis] += 1
        place += strides[axis]
        if position[axis] < outer[axis] { break }
        place -= strides[axis] * outer[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }
}

extension SliceBounds {
  /// Python's `slice.indices`, as first position, count and step.
  func positions(in size: Int) throws(Fault) -> (first: Int, count: Int, step: Int) {
    let step = self.step ?? 1
    guard step != 0 else { throw Fault(.invalid, "a slice cannot have step 0") }
    func bounded(_ bound: Int?, low: Int, high: Int, absent: Int) -> Int {
      guard let bound else { return absent }
      return min(max(bound < 0 ? bound + size : bound, low), high)
    }
    if step > 0 {
      let first = bounded(start, low: 0, high: size, absent: 0)
      let stop = bounded(self.stop, low: 0, high: size, absent: size)
      return (first, first < stop ? (stop - first - 1) / step + 1 : 0, step)
    }
    let first = bounded(start, low: -1, high: size - 1, absent: size - 1)
    let stop = bounded(self.stop, low: -1, high: size - 1, absent: -1)
    // The magnitude is taken unsigned: -Int.min does not exist.
    let count = first > stop ? Int(UInt(first - stop - 1) / step.magnitude) + 1 : 0
    return (first, count, step)
  }
}
