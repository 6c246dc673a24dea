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
  func permuted(_ order: [Int], flipping flips: [Int] = []) -> Tensor {
    var strides = Self.strides(of: shape)
    strides = order.map { strides[$0] }
    let newShape = order.map { shape[$0] }
    var start = 0
    for axis in flips {
      start += strides[axis] * (newShape[axis] - 1)
      strides[axis] = -strides[axis]
    }
    return stridedCopy(shape: newShape, strides: strides, start: start)
  }

  /// The same axes, some of them running backwards.
  func flipped(_ axes: [Int]) -> Tensor {
    axes.isEmpty ? self : permuted(Array(0..<rank), flipping: axes)
  }

  private func stridedCopy(shape newShape: [Int], strides: [Int], start: Int) -> Tensor {
    let lead = 4 - newShape.count
    precondition(lead >= 0, "\(newShape.count) axes are more than four")
    guard !newShape.contains(0) else { return Tensor(zeros: newShape) }
    let zeros = Array(repeating: 0, count: lead)
    let (sizes, from) = (Array(repeating: 1, count: lead) + newShape, zeros + strides)
    let to = zeros + Self.strides(of: newShape)
    return withElements(of: Float.self) { source in
      Tensor(shape: newShape, of: Float.self) { target in
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        etude_copy_strided(input + start, from, output, to, sizes)
      }
    }
  }

  /// The part of a `[C, spatial…]` float32 image between `start` and `end`, which may reach beyond
  /// it on every side; what lies outside is `value`.
  func cropped(from start: [Int], to end: [Int], outside value: Float = 0) -> Tensor {
    let spatial = Array(shape.dropFirst())
    let size = zip(start, end).map { max($1 - $0, 0) }
    let low = zip(start, spatial).map { min(max($0, 0), $1) }
    let high = zip(end, spatial).map { min(max($0, 0), $1) }
    let copied = zip(low, high).map { max($1 - $0, 0) }
    let newShape = [shape[0]] + size
    if size == spatial && start.allSatisfy({ $0 == 0 }) { return self }
    let isInside = copied == size
    guard newShape.reduce(1, *) > 0 else { return Tensor(zeros: newShape) }
    let lead = 3 - spatial.count
    let from = Array(repeating: 0, count: lead) + Self.strides(of: shape)
    let to = Array(repeating: 0, count: lead) + Self.strides(of: newShape)
    let sizes = Array(repeating: 1, count: lead) + [shape[0]] + copied
    return withElements(of: Float.self) { source in
      Tensor(shape: newShape, of: Float.self) { target in
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        if !isInside { target.update(repeating: value) }
        guard !copied.contains(0) else { return }
        var (read, write) = (0, 0)
        for axis in 0..<spatial.count {
          read += low[axis] * from[lead + 1 + axis]
          write += (low[axis] - start[axis]) * to[lead + 1 + axis]
        }
        etude_copy_strided(input + read, from, output + write, to, sizes)
      }
    }
  }
}
