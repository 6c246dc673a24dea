import Components

extension Sample {
  /// Images of one case must lie alike, or crops and labels would show different places.
  func requireOneGrid() throws(Fault) {
    try OneGrid.require(
      keys.compactMap { key in
        guard let tensor = tensor(key), let metadata = metadata(Self.metadataKey(key)) else {
          return nil
        }
        return (key, tensor.shape, metadata)
      })
  }
}

extension SampleSpec {
  /// The same, from headers.
  func requireOneGrid() throws(Fault) {
    try OneGrid.require(
      tensors.keys.sorted().compactMap { key in
        guard let metadata = metadata[key], let spec = tensors[key] else { return nil }
        return (key, spec.shape, metadata)
      })
  }
}

private enum OneGrid {
  /// Compares every image with the first: the last axes of the shape and the affine.
  ///
  /// Images whose files lie alike may part: a pipeline that resamples only one of them means it, and
  /// takes it back with Invertd.
  static func require(
    _ images: [(key: String, shape: [Int?], metadata: Metadata)]
  ) throws(Fault) {
    guard let first = images.first else { return }
    for other in images.dropFirst()
    where !first.metadata.liesInFileAs(other.metadata) {
      let files = [
        "\(first.key) is \(first.metadata.fileName)", "\(other.key) is \(other.metadata.fileName)",
      ]
      let (wanted, got) = (
        spatial(first.shape, first.metadata), spatial(other.shape, other.metadata)
      )
      if wanted.count == got.count, zip(wanted, got).contains(where: differ) {
        throw Fault(
          .data, "\(first.key) and \(other.key) have different sizes", got: text(got),
          wanted: text(wanted), notes: files)
      }
      if !first.metadata.affine.isClose(to: other.metadata.affine) {
        throw Fault(
          .data, "\(first.key) and \(other.key) lie in different places: their affines differ",
          got: other.metadata.affine.rows.prefix(3).description,
          wanted: first.metadata.affine.rows.prefix(3).description,
          remedy: "resample one onto the other's grid, or correct its header", notes: files)
      }
    }
  }

  /// The sizes along x, y and z; channels come first unless the file's last axis still holds them.
  private static func spatial(_ shape: [Int?], _ metadata: Metadata) -> [Int?] {
    let rank = metadata.spatialShape.count
    let isAsInFile = Array(shape.prefix(rank)) == metadata.spatialShape.map { $0 as Int? }
    return Array(isAsInFile && shape.count > rank ? shape.prefix(rank) : shape.suffix(rank))
  }

  private static func differ(_ a: Int?, _ b: Int?) -> Bool { a != nil && b != nil && a != b }

  private static func text(_ shape: [Int?]) -> String {
    "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
  }
}

extension Metadata {
  fileprivate func liesInFileAs(_ other: Metadata) -> Bool {
    spatialShape == other.spatialShape && originalAffine.isClose(to: other.originalAffine)
  }
}
