import Components

/// The lanes of a dense tensor that a reduction makes one element of each.
struct Lanes {
  /// The shape of the result, reduced axes left out or kept as 1.
  let shape: [Int]
  /// The same with all axes kept.
  let keptShape: [Int]
  /// The shape of the tensor they run through.
  let source: [Int]
  /// The axes they run along.
  let axes: [Int]
  /// Elements in a lane.
  let length: Int
  private let starts: [Int]
  /// Elements from the start of a lane to its i-th; nil when they are `step` apart.
  private let offsets: [Int]?
  private let step: Int

  init(_ tensor: Tensor, axes: [Int], keepingAxes: Bool) {
    let strides = Tensor.denseStrides(tensor.shape)
    let kept = (0..<tensor.rank).filter { !axes.contains($0) }
    (source, self.axes) = (tensor.shape, axes)
    keptShape = (0..<tensor.rank).map { axes.contains($0) ? 1 : tensor.shape[$0] }
    shape = keepingAxes ? keptShape : kept.map { tensor.shape[$0] }
    length = axes.map { tensor.shape[$0] }.reduce(1, *)
    starts = Self.offsets(kept.map { tensor.shape[$0] }, kept.map { strides[$0] })
    // Neighbouring axes are crossed in one stride.
    let areNeighbours = zip(axes, axes.dropFirst()).allSatisfy { $1 == $0 + 1 }
    step = axes.last.map { strides[$0] } ?? 1
    offsets =
      areNeighbours ? nil : Self.offsets(axes.map { tensor.shape[$0] }, axes.map { strides[$0] })
  }

  private static func offsets(_ sizes: [Int], _ strides: [Int]) -> [Int] {
    var offsets = [0]
    for (size, stride) in zip(sizes, strides) {
      offsets = offsets.flatMap { start in (0..<size).map { start + $0 * stride } }
    }
    return offsets
  }

  /// Where in the tensor the i-th element of a lane lies.
  func element(_ i: Int, of lane: Int) -> Int { starts[lane] + (offsets?[i] ?? i * step) }

  /// Fills `result` with `body` of each lane.
  @inline(__always)
  func reduce<T, R>(
    _ source: UnsafeBufferPointer<T>, _ result: UnsafeMutableBufferPointer<R>,
    _ body: (Lane<T>) -> R
  ) {
    if let offsets {
      offsets.withUnsafeBufferPointer { offsets in
        for (index, start) in starts.enumerated() {
          result[index] = body(
            Lane(source: source, start: start, count: length, step: 0, offsets: offsets))
        }
      }
    } else {
      for (index, start) in starts.enumerated() {
        result[index] = body(
          Lane(source: source, start: start, count: length, step: step, offsets: nil))
      }
    }
  }
}

/// The elements that become one.
struct Lane<T> {
  let source: UnsafeBufferPointer<T>
  let start: Int
  let count: Int
  let step: Int
  let offsets: UnsafeBufferPointer<Int>?

  @inline(__always)
  func forEach(_ body: (T) -> Void) {
    if let offsets {
      for offset in offsets { body(source[start + offset]) }
    } else {
      for i in 0..<count { body(source[start + i * step]) }
    }
  }
}
