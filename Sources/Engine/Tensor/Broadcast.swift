import Components

/// How two dense shapes are walked together under numpy's broadcasting rules.
struct Broadcast {
  /// The shape of the result.
  let shape: [Int]
  /// The walk: axes that both operands cross in one stride are one axis here; a broadcast operand
  /// has stride 0. The last axis is the row, whose strides are 0 or 1.
  private var sizes: [Int] = []
  private var left: [Int] = []
  private var right: [Int] = []

  init(_ a: [Int], _ b: [Int]) throws(Fault) {
    let rank = max(a.count, b.count)
    let padded = [a, b].map { Array(repeating: 1, count: rank - $0.count) + $0 }
    var shape: [Int] = []
    for (m, n) in zip(padded[0], padded[1]) {
      guard m == n || m == 1 || n == 1 else {
        throw Fault(
          .shape, "shapes \(a) and \(b) do not go together", got: "\(a) and \(b)",
          wanted: "equal sizes, counted from the last axis, or 1")
      }
      shape.append(m == 1 ? n : m)
    }
    self.shape = shape
    try Tensor.allow(shape, from: [a, b])
    let strides = padded.map { operand in
      zip(Tensor.denseStrides(operand), operand).map { $1 == 1 ? 0 : $0 }
    }
    for axis in 0..<rank where shape[axis] != 1 {
      let (size, l, r) = (shape[axis], strides[0][axis], strides[1][axis])
      if let last = sizes.indices.last, left[last] == l * size, right[last] == r * size {
        sizes[last] *= size
        (left[last], right[last]) = (l, r)
      } else {
        sizes.append(size)
        left.append(l)
        right.append(r)
      }
    }
    if sizes.isEmpty { (sizes, left, right) = ([1], [0], [0]) }
  }

  /// Fills `result` with `body(a, b)` for each pair.
  @inline(__always)
  func fill<T, R>(
    _ result: UnsafeMutableBufferPointer<R>, _ a: UnsafeBufferPointer<T>,
    _ b: UnsafeBufferPointer<T>, _ body: (T, T) -> R
  ) {
    let last = sizes.count - 1
    let length = sizes[last]
    let (leftMoves, rightMoves) = (left[last] != 0, right[last] != 0)
    var position = [Int](repeating: 0, count: last)
    var (i, j, out) = (0, 0, 0)
    while out < result.count {
      if leftMoves && rightMoves {
        for k in 0..<length { result[out + k] = body(a[i + k], b[j + k]) }
      } else if leftMoves {
        let y = b[j]
        for k in 0..<length { result[out + k] = body(a[i + k], y) }
      } else if rightMoves {
        let x = a[i]
        for k in 0..<length { result[out + k] = body(x, b[j + k]) }
      } else {
        let value = body(a[i], b[j])
        for k in 0..<length { result[out + k] = value }
      }
      out += length
      var axis = last - 1
      while axis >= 0 {
        position[axis] += 1
        i += left[axis]
        j += right[axis]
        if position[axis] < sizes[axis] { break }
        i -= left[axis] * sizes[axis]
        j -= right[axis] * sizes[axis]
        position[axis] = 0
        axis -= 1
      }
    }
  }
}

extension Tensor {
  /// Elements between neighbours along each axis of a dense tensor.
  static func denseStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// The most elements an operation makes out of operands that have fewer.
  static let largestGrowth = 1 << 28

  /// Refuses a shape that is far larger than what it is made from: a slip in a script must not end
  /// the process for lack of memory.
  static func allow(_ shape: [Int], from operands: [[Int]]) throws(Fault) {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow else { throw tooLarge(shape) }
      count = product
    }
    if count > largestGrowth, count > (operands.map { $0.reduce(1, *) }.max() ?? 0) {
      throw tooLarge(shape)
    }
  }

  private static func tooLarge(_ shape: [Int]) -> Fault {
    Fault(
      .limit, "a tensor of shape \(shape) is too large here",
      wanted: "at most \(largestGrowth) elements")
  }
}
