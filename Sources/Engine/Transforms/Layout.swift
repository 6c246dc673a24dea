import CKernels

extension Tensor {
  /// Row-major strides of a shape, in elements.
  static func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in stride(from: shape.count - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// Axis `order[i]` becomes axis i; `flips` names axes of the result that run backwards.
  /// Float32, at most four axes.
  func permuted(_ order: [Int], flipping flips: [Int] = [], threads: Int = 1) -> Tensor {
    var strides = Self.strides(of: shape)
    strides = order.map { strides[$0] }
    let newShape = order.map { shape[$0] }
    var start = 0
    for axis in flips {
      start += strides[axis] * (newShape[axis] - 1)
      strides[axis] = -strides[axis]
    }
    return stridedCopy(shape: newShape, strides: strides, start: start, threads: threads)
  }

  /// The same axes, some of them running backwards.
  func flipped(_ axes: [Int], threads: Int = 1) -> Tensor {
    axes.isEmpty ? self : permuted(Array(0..<rank), flipping: axes, threads: threads)
  }

  /// Numbers that are worth a thread's waking up.
  fileprivate static let share = 1 << 16

  private func stridedCopy(
    shape newShape: [Int], strides: [Int], start: Int, threads: Int
  ) -> Tensor {
    let lead = 4 - newShape.count
    precondition(lead >= 0, "\(newShape.count) axes are more than four")
    guard !newShape.contains(0) else { return Tensor(zeros: newShape) }
    let zeros = Array(repeating: 0, count: lead)
    let (sizes, from) = (Array(repeating: 1, count: lead) + newShape, zeros + strides)
    let to = zeros + Self.strides(of: newShape)
    return withElements(of: Float.self) { source in
      Tensor(shape: newShape, of: Float.self) { target in
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        let planes = sizes[0] * sizes[1]
        parallelFor(
          planes, threads: threads, grain: 1 + Self.share / max(sizes[2] * sizes[3], 1)
        ) {
          etude_copy_strided(
            input + start, from, output, to, sizes, $0.lowerBound, $0.upperBound)
        }
      }
    }
  }

  /// The part of a `[C, spatial…]` float32 image between `start` and `end`, which may reach beyond
  /// it on every side; what lies outside is `value`.
  func cropped(
    from start: [Int], to end: [Int], outside value: Float = 0, threads: Int = 1
  ) -> Tensor {
    let spatial = Array(shape.dropFirst())
    let size = zip(start, end).map { max($1 - $0, 0) }
    let newShape = [shape[0]] + size
    if size == spatial && start.allSatisfy({ $0 == 0 }) { return self }
    guard newShape.reduce(1, *) > 0 else { return Tensor(zeros: newShape) }
    let box = etude_box(shape: spatial, start: start, size: size, outside: value)
    return withElements(of: Float.self) { source in
      Tensor(shape: newShape, of: Float.self) { target in
        box.cut(
          source.baseAddress, target.baseAddress, channels: shape[0], threads: threads)
      }
    }
  }
}

extension etude_box {
  /// Axes that an image lacks stand in front, one voxel long.
  init(shape: [Int], start: [Int], size: [Int], outside: Float) {
    func axes(_ given: [Int], _ missing: Int) -> (Int, Int, Int) {
      let all = Array(repeating: missing, count: 3 - given.count) + given
      return (all[0], all[1], all[2])
    }
    self.init(
      shape: axes(shape, 1), start: axes(start, 0), size: axes(size, 1), outside: outside)
  }

  /// The box of every channel of a dense image.
  func cut(
    _ image: UnsafePointer<Float>?, _ output: UnsafeMutablePointer<Float>?, channels: Int,
    threads: Int
  ) {
    guard let output else { return }
    var box = self
    let plane = size.1 * size.2
    parallelFor(channels * size.0, threads: threads, grain: 1 + Tensor.share / max(plane, 1)) {
      etude_crop(image, output, &box, $0.lowerBound, $0.upperBound)
    }
  }
}
