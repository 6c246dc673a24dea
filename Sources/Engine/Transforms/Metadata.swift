import Components

/// What is known about an image beside its voxels.
public struct Metadata: Sendable {
  public var fileName: String
  /// Voxel index → millimetres, RAS+; changed by spatial transforms.
  public var affine: Affine
  /// As it was in the file.
  public var originalAffine: Affine
  /// Of the image as it was in the file.
  public var spatialShape: [Int]
  /// The axis that held channels in the file, -1 for the last; nil is MONAI's `no_channel`.
  public var originalChannelAxis: Int?
  public var patchIndex: Int?
  public var dtype: DType

  public init(
    fileName: String, affine: Affine, spatialShape: [Int], originalChannelAxis: Int? = nil,
    dtype: DType = .float32
  ) {
    (self.fileName, self.affine, originalAffine) = (fileName, affine, affine)
    (self.spatialShape, self.originalChannelAxis) = (spatialShape, originalChannelAxis)
    self.dtype = dtype
  }

  /// As `image_meta_dict` shows it, by MONAI's names.
  public var value: Value {
    var entries: ValueDictionary = [
      "filename_or_obj": .string(fileName),
      "affine": affine.value,
      "original_affine": originalAffine.value,
      "spatial_shape": .list(spatialShape.map { .int($0) }),
      "original_channel_dim": originalChannelAxis.map { .int($0) } ?? .string("no_channel"),
    ]
    if let patchIndex { entries["patch_index"] = .int(patchIndex) }
    return .dict(entries)
  }
}

/// A 4×4 matrix that maps voxel indices to world coordinates; row-major.
public struct Affine: Sendable, Hashable {
  public var rows: [[Double]]

  public init(rows: [[Double]]) {
    precondition(rows.count == 4 && rows.allSatisfy { $0.count == 4 }, "an affine is 4×4")
    self.rows = rows
  }

  public static let identity = Affine(
    rows: (0..<4).map { row in (0..<4).map { $0 == row ? 1 : 0 } })

  /// Rows of a list of lists.
  public var value: Value { .list(rows.map { .list($0.map { .double($0) }) }) }

  /// Whether voxels lie in the same place: every entry within `tolerance`, relative to the largest
  /// entry of its column; the origin's column counts as at least 1 mm.
  public func isClose(to other: Affine, tolerance: Double = 1e-3) -> Bool {
    for column in 0..<4 {
      let scale =
        column < 3
        ? (0..<3).map { abs(rows[$0][column]) }.max() ?? 0
        : max(1, (0..<3).map { abs(rows[$0][3]) }.max() ?? 0)
      for row in 0..<3
      where abs(rows[row][column] - other.rows[row][column]) > tolerance * max(scale, 1e-6) {
        return false
      }
    }
    return true
  }
}

/// What a transform did to one key, with what is needed to undo it.
public struct TraceRecord: Sendable {
  /// Class name of the transform that left it.
  public var transform: String
  /// Spatial shape before it was applied.
  public var originalShape: [Int]
  /// What that transform needs to invert itself; it alone reads this.
  public var details: ValueDictionary
  /// False when the transform drew and did nothing.
  public var isApplied: Bool

  public init(
    transform: String, originalShape: [Int], details: ValueDictionary = [:], isApplied: Bool = true
  ) {
    (self.transform, self.originalShape) = (transform, originalShape)
    (self.details, self.isApplied) = (details, isApplied)
  }

  /// As `image_transforms` shows it.
  public var value: Value {
    .dict([
      "class": .string(transform), "orig_size": .list(originalShape.map { .int($0) }),
      "extra_info": .dict(details), "do_transforms": .bool(isApplied),
    ])
  }
}
