import Components

/// Which way each voxel axis runs: the world axis it is closest to, and whether along or against.
///
/// Source: nibabel's `orientations` module.
struct Orientation: Equatable {
  struct Axis: Equatable {
    var world: Int
    /// 1 or -1
    var direction: Int
  }

  var axes: [Axis]

  static let labels = [["L", "R"], ["P", "A"], ["I", "S"]]

  /// `io_orientation`; the affine has size rank + 1.
  init(_ affine: Matrix) throws(Fault) {
    let rank = affine.size - 1
    var directions = Matrix(zeros: rank)
    for (column, length) in affine.spacing.enumerated() {
      for row in 0..<rank {
        directions[row, column] = affine[row, column] / (length == 0 ? 1 : length)
      }
    }
    guard var rotation = directions.nearestOrthogonal else { throw Affine.singular() }
    axes = []
    for column in 0..<rank {
      let along = rotation.column(column)
      // The first of equals, as argmax has it.
      var world = 0
      for row in 0..<rank where abs(along[row]) > abs(along[world]) { world = row }
      axes.append(Axis(world: world, direction: along[world] < 0 ? -1 : 1))
      for other in 0..<rank { rotation[world, other] = 0 }
    }
  }

  init(axes: [Axis]) { self.axes = axes }

  /// `axcodes2ornt`: letters such as RAS, each the end an axis runs to.
  init(codes: [String], labels: [[String]] = labels) throws(Fault) {
    axes = []
    for code in codes {
      guard let world = labels.firstIndex(where: { $0.contains(code) }) else {
        throw Fault(
          .invalid, "\(code.quoted) is no direction",
          wanted: "one of " + labels.joined().joined(separator: ", "), argument: ["axcodes"])
      }
      axes.append(Axis(world: world, direction: labels[world].last == code ? 1 : -1))
    }
    if Set(axes.map(\.world)) != Set(0..<axes.count) {
      throw Fault(
        .invalid, "axcodes \(codes.joined().quoted) names an axis twice or leaves one out",
        wanted: "one letter of " + labels.map { $0.joined(separator: "/") }.joined(separator: ", "),
        argument: ["axcodes"])
    }
  }

  /// `ornt_transform`: for each of my axes, where it goes in `end` and whether it turns.
  func transform(to end: Orientation) -> Orientation {
    var result = axes
    for (place, target) in end.axes.enumerated() {
      if let index = axes.firstIndex(where: { $0.world == target.world }) {
        result[index] = Axis(
          world: place, direction: axes[index].direction == target.direction ? 1 : -1)
      }
    }
    return Orientation(axes: result)
  }

  /// `inv_ornt_aff`: voxel of the reoriented image → voxel of the given one.
  func inverseMatrix(shape: [Int]) -> Matrix {
    let rank = axes.count
    var matrix = Matrix(zeros: rank + 1)
    matrix[rank, rank] = 1
    for (index, axis) in axes.enumerated() {
      matrix[index, axis.world] = Double(axis.direction)
      if axis.direction < 0 { matrix[index, rank] = Double(shape[index] - 1) }
    }
    return matrix
  }

  var isIdentity: Bool {
    axes.enumerated().allSatisfy { $1 == Axis(world: $0, direction: 1) }
  }

  /// Turns the spatial axes of a `[C, spatial…]` image as this transform says.
  func apply(_ image: Tensor, threads: Int = 1) -> Tensor {
    if isIdentity { return image }
    var order = [0]
    for place in axes.indices {
      order.append((axes.firstIndex { $0.world == place } ?? place) + 1)
    }
    let flips = (1..<order.count).filter { axes[order[$0] - 1].direction < 0 }
    return image.permuted(order, flipping: flips, threads: threads)
  }
}
