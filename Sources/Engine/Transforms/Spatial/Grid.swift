import Components

/// The voxel grid of an image: how many voxels, and where they lie.
struct Grid {
  var shape: [Int]
  /// Size rank + 1.
  var affine: Matrix

  /// A NIfTI-1 axis holds no more.
  private static let largestExtent = 32768.0

  var rank: Int { shape.count }

  /// The same directions with other spacings; MONAI's `zoom_affine` and `compute_shape_offset`.
  /// A spacing that is absent, not finite or not above 0 stays as it is.
  func resampled(to pixdim: [Double], diagonal: Bool) throws(Fault) -> Grid {
    let own = affine.spacing
    let steps = (0..<rank).map { axis in
      let wanted = axis < pixdim.count ? pixdim[axis] : 1
      let step = wanted.isFinite && wanted > 0 ? wanted : own[axis]
      return step == 0 ? 1 : step
    }
    var target = Grid(shape: shape, affine: Matrix(diagonal: steps + [1]))
    if !diagonal {
      var directions = Matrix(zeros: rank)
      for row in 0..<rank {
        for column in 0..<rank { directions[row, column] = affine[row, column] }
      }
      guard let upper = (directions.transposed * directions).choleskyUpper,
        let inverse = upper.inverse
      else { throw Affine.singular() }
      let scaled = directions * inverse * Matrix(diagonal: steps)
      for row in 0..<rank {
        for column in 0..<rank { target.affine[row, column] = scaled[row, column] }
      }
    }
    let corners = cornersInWorld()
    guard let back = target.affine.inverse else { throw Affine.singular() }
    let places = corners.map { back.applied(to: $0) }
    for axis in 0..<rank {
      let along = places.map { $0[axis] }
      let extent = (along.max() ?? 0) - (along.min() ?? 0) + 1
      guard extent < Self.largestExtent else {
        throw Fault(
          .outOfRange, "the new grid is too large", got: "\(extent) voxels along axis \(axis)",
          wanted: "at most \(Int(Self.largestExtent))", argument: ["pixdim"])
      }
      target.shape[axis] = Int(extent.rounded(.toNearestOrEven))
    }
    let mine = try Orientation(affine)
    let isSameWay = mine == (try Orientation(target.affine))
    let origin =
      isSameWay
      ? affine.column(rank) : (0..<rank).map { axis in corners.map { $0[axis] }.min() ?? 0 }
    for axis in 0..<rank { target.affine[axis, rank] = origin[axis] }
    return target
  }

  private func cornersInWorld() -> [[Double]] {
    (0..<(1 << rank)).map { corner in
      let index = (0..<rank).map { axis in
        corner >> (rank - 1 - axis) & 1 == 1 ? Double(shape[axis]) - 1 : 0
      }
      return affine.applied(to: index + [1])
    }
  }

  /// The map from voxels of `other` to voxels of this grid.
  func transform(from other: Matrix) throws(Fault) -> Matrix {
    guard let inverse = affine.inverse else { throw Affine.singular() }
    return inverse * other
  }
}
