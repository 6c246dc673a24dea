import Components

/// Resamples images to given voxel sizes.
///
/// Directions stay, spacing becomes `pixdim`, the grid covers the same corners; nothing happens when
/// old and new voxels agree within 1e-3. Sums run in double whatever `dtype` says.
/// Source: `monai.transforms.Spacingd` 0.8.1.
public struct Spacingd: MetadataTransform, InvertibleTransform {
  public var keys: OneOrMany<String> = .many([])
  public var pixdim: OneOrMany<Double> = .many([])
  public var diagonal = false
  public var mode: OneOrMany<InterpolationMode> = .one(.bilinear)
  public var paddingMode: OneOrMany<SamplingPadding> = .one(.border)
  public var alignCorners: OneOrMany<Bool> = .one(false)
  public var dtype: OneOrMany<VoxelType>? = .one(.float64)
  public var metaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var allowMissingKeys = false

  public init() {}

  public static let placesVoxels = true

  public static let schema = Schema<Self>(
    "Spacingd", "Resample to a given voxel size.", .keys,
    .required("pixdim", \.pixdim, "Voxel size along each axis in mm; 0 or less keeps the axis."),
    .optional("diagonal", \.diagonal, "Drop rotation too: the new affine is diagonal."),
    .optional("mode", \.mode, "Interpolation, one for all keys or one each."),
    .optional("padding_mode", \.paddingMode, "What stands beyond the edge."),
    .optional("align_corners", \.alignCorners, "Measure from voxel centres of the corners."),
    .optional("dtype", \.dtype, "Precision asked for; sums run in float64 here."), .metaKeys,
    .metaKeyPostfix, .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    try validateMetadataKeys()
    try validatePerKey(mode, "mode")
    try validatePerKey(paddingMode, "padding_mode")
    try validatePerKey(alignCorners, "align_corners")
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      let image = try sample.channelFirst(key)
      let shape = Array(image.shape.dropFirst())
      let name = metadataKey(key, at: index)
      let metadata = sample.metadata(name)
      let affine = metadata?.affine ?? .identity
      let grid = Grid(shape: shape, affine: Matrix(affine, rank: shape.count))
      let target = try grid.resampled(to: pixdim(rank: shape.count), diagonal: diagonal)
      let (mode, padding) = (value(mode, at: index), value(paddingMode, at: index))
      let corners = value(alignCorners, at: index)
      sample[key] = .tensor(
        try Self.resampled(
          image, grid, target, mode, padding, corners, shape: target.shape, context))
      sample.push(
        TraceRecord(
          transform: Self.name, originalShape: shape,
          details: [
            "meta_key": .string(name), "old_affine": affine.value,
            "is_single": .bool(affine != metadata?.originalAffine), "mode": mode.argumentValue,
            "padding_mode": padding.argumentValue, "align_corners": .bool(corners),
          ]), key: key)
      if var metadata {
        metadata.affine = affine.replacing(target.affine)
        sample[name] = .metadata(metadata)
      }
    }
    return .one(sample)
  }

  public func invert(
    _ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool,
    _ context: TransformContext
  ) throws {
    if diagonal {
      throw Fault.unsupported(
        "Spacingd with diagonal=True has no inverse", remedy: "set diagonal to False")
    }
    let details = record.details
    guard case .string(let name) = details["meta_key"], let old = details["old_affine"],
      let mode = details["mode"], let padding = details["padding_mode"],
      let corners = details["align_corners"], let isSingle = details["is_single"]
    else { throw Fault(.invalid, "the trace of Spacingd is incomplete") }
    let image = try sample.channelFirst(key)
    let rank = image.rank - 1
    let affine = sample.metadata(name)?.affine ?? .identity
    let grid = Grid(shape: Array(image.shape.dropFirst()), affine: Matrix(affine, rank: rank))
    // The reference keeps an affine that was changed before in float32 and measures it in float32;
    // a millionth of a voxel decides which of two neighbours is nearest.
    let before = Matrix(try Affine(argument: old), rank: rank)
    let spacing = isSingle == .bool(true) ? before.singlePrecisionSpacing : before.spacing
    let target = try grid.resampled(to: spacing, diagonal: false)
    sample[key] = .tensor(
      try Self.resampled(
        image, grid, target, nearest ? .nearest : InterpolationMode(argument: mode),
        SamplingPadding(argument: padding), try !nearest && Bool(argument: corners),
        shape: record.originalShape, context))
    if var metadata = sample.metadata(name) {
      metadata.affine = affine.replacing(target.affine)
      sample[name] = .metadata(metadata)
    }
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, _, key) throws(Fault) in
      let tensor = try spec.tensor(key)
      let known = tensor.shape.dropFirst().compactMap { $0 }
      guard known.count == tensor.shape.count - 1 else { return }
      let affine = spec.metadata[key]?.affine ?? .identity
      let grid = Grid(shape: known, affine: Matrix(affine, rank: known.count))
      let target = try grid.resampled(to: pixdim(rank: known.count), diagonal: diagonal)
      spec.tensors[key] = TensorSpec(
        shape: tensor.shape.prefix(1) + target.shape.map { $0 }, dtype: tensor.dtype)
      spec.metadata[key]?.affine = affine.replacing(target.affine)
    }
  }

  /// One number is the first axis alone, as numpy's `pixdim[:1]` is; the others become 1.
  private func pixdim(rank: Int) -> [Double] {
    Array((pixdim.values + Array(repeating: 1, count: rank)).prefix(rank))
  }

  private static func resampled(
    _ image: Tensor, _ grid: Grid, _ target: Grid, _ mode: InterpolationMode,
    _ padding: SamplingPadding, _ alignCorners: Bool, shape: [Int], _ context: TransformContext
  ) throws(Fault) -> Tensor {
    let transform = try grid.transform(from: target.affine)
    if transform.isClose(to: Matrix(identity: transform.size), tolerance: 1e-3) { return image }
    return try Resampling(
      transform: transform, shape: shape, mode: mode, padding: padding, alignCorners: alignCorners
    ).apply(image, threads: context.threads)
  }
}
