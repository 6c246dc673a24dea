import Components

/// The grid of voxels of the file that an image was read from.
struct FileGrid {
  private let affine: Matrix
  private let shape: [Int]
  private let rank: Int

  init(_ metadata: Metadata, rank: Int) {
    affine = Matrix(metadata.originalAffine, rank: rank)
    shape =
      metadata.spatialShape.prefix(rank)
      + Array(repeating: 1, count: max(0, rank - metadata.spatialShape.count))
    self.rank = rank
  }

  /// An image that lies at `place`, on the file's grid: turned where that is enough, else resampled.
  func place(
    _ image: Tensor, _ place: Matrix, mode: InterpolationMode, padding: SamplingPadding,
    _ context: TransformContext
  ) throws(Fault) -> (image: Tensor, affine: Matrix) {
    if place.isClose(to: affine, tolerance: 1e-3) { return (image, affine) }
    let turn = try Orientation(place).transform(to: try Orientation(affine))
    let turned = turn.apply(image, threads: context.threads)
    let now = place * turn.inverseMatrix(shape: Array(image.shape.dropFirst()))
    if now.isClose(to: affine, tolerance: 1e-3) { return (turned, now) }
    let grid = Grid(shape: Array(turned.shape.dropFirst()), affine: now)
    let result = try Resampling(
      transform: try grid.transform(from: affine), shape: shape, mode: mode, padding: padding
    ).apply(turned, threads: context.threads)
    return (result, affine)
  }
}
