import Components

/// Axes as users name them: from 0, or from the end with negative numbers.
extension Tensor {
  /// The axis from the front; -1 is the last.
  func axis(_ axis: Int) throws(Fault) -> Int { try Self.axis(axis, of: shape, rank: rank) }

  /// `rank` is larger than `shape.count` where a new axis may come last.
  static func axis(_ axis: Int, of shape: [Int], rank: Int) throws(Fault) -> Int {
    // A tensor without axes can be reduced along its only, imagined one.
    let range = -max(rank, 1)..<max(rank, 1)
    guard range.contains(axis) else {
      throw Fault(
        .outOfRange, "a tensor of shape \(shape) has no axis \(axis)", got: "\(axis)",
        wanted: "\(range.lowerBound)...\(range.upperBound - 1)")
    }
    return axis < 0 ? axis + max(rank, 1) : axis
  }

  /// Sorted axes from the front, each named once; all of them for nil.
  func axes(_ axes: [Int]?) throws(Fault) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    var result: [Int] = []
    for axis in axes {
      let axis = try self.axis(axis)
      if result.contains(axis) {
        throw Fault(.invalid, "axis \(axis) is named twice", got: "\(axes)")
      }
      result.append(axis)
    }
    return rank == 0 ? [] : result.sorted()
  }
}
