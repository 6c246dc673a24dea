import Components

/// Turns images so that their axes run the way `axcodes` says.
///
/// Source: `monai.transforms.Orientationd` 0.8.1; the affine is kept up to date.
public struct Orientationd: MetadataTransform, InvertibleTransform {
  public var keys: OneOrMany<String> = .many([])
  public var axcodes: String?
  public var asClosestCanonical = false
  public var labels: [[String]]?
  public var metaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var allowMissingKeys = false

  public init() {}

  public static let placesVoxels = true

  public static let schema = Schema<Self>(
    "Orientationd", "Turn and flip axes to a given orientation.", .keys,
    .optional("axcodes", \.axcodes, "The end each axis runs to: RAS, LPS and so on."),
    .optional("as_closest_canonical", \.asClosestCanonical, "To the nearest RAS, axcodes or not."),
    .optional("labels", \.labels, "Letters for the two ends of each world axis."), .metaKeys,
    .metaKeyPostfix, .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    try validateMetadataKeys()
    if let axcodes {
      _ = try Orientation(codes: axcodes.map(String.init), labels: labels ?? Orientation.labels)
    } else if !asClosestCanonical {
      throw Fault(
        .missingArgument, "Orientationd needs axcodes or as_closest_canonical",
        wanted: "three letters such as RAS", argument: ["axcodes"])
    }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      let image = try sample.channelFirst(key)
      let name = metadataKey(key, at: index)
      let metadata = sample.metadata(name)
      let affine = metadata?.affine ?? .identity
      let (turn, turned) = try turning(affine, Array(image.shape.dropFirst()))
      let result = turn.apply(image, threads: context.threads)
      sample[key] = .tensor(result)
      sample.push(
        TraceRecord(
          transform: Self.name, originalShape: Array(result.shape.dropFirst()),
          details: ["meta_key": .string(name), "old_affine": affine.value]), key: key)
      if var metadata {
        metadata.affine = turned
        sample[name] = .metadata(metadata)
      }
    }
    return .one(sample)
  }

  public func invert(
    _ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool,
    _ context: TransformContext
  ) throws {
    let image = try sample.channelFirst(key)
    let rank = image.rank - 1
    guard case .string(let name) = record.details["meta_key"],
      let old = record.details["old_affine"]
    else { throw Fault(.invalid, "the trace of Orientationd is incomplete") }
    let before = try Orientation(Matrix(Affine(argument: old), rank: rank))
    let affine = sample.metadata(name)?.affine ?? .identity
    let now = Matrix(affine, rank: rank)
    let turn = try Orientation(now).transform(to: before)
    sample[key] = .tensor(turn.apply(image, threads: context.threads))
    if var metadata = sample.metadata(name) {
      metadata.affine = affine.replacing(
        now * turn.inverseMatrix(shape: Array(image.shape.dropFirst())))
      sample[name] = .metadata(metadata)
    }
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, _, key) throws(Fault) in
      let tensor = try spec.tensor(key)
      let known = tensor.shape.dropFirst().compactMap { $0 }
      guard known.count == tensor.shape.count - 1 else { return }
      let affine = spec.metadata[key]?.affine ?? .identity
      let (turn, turned) = try turning(affine, known)
      var shape = tensor.shape
      for (index, axis) in turn.axes.enumerated() { shape[axis.world + 1] = known[index] }
      spec.tensors[key] = TensorSpec(shape: shape, dtype: tensor.dtype)
      spec.metadata[key]?.affine = turned
    }
  }

  private func turning(
    _ affine: Affine, _ shape: [Int]
  ) throws(Fault) -> (turn: Orientation, affine: Affine) {
    let rank = shape.count
    let matrix = Matrix(affine, rank: rank)
    let current = try Orientation(matrix)
    var turn = current
    if !asClosestCanonical, let axcodes {
      guard axcodes.count >= rank else {
        throw Fault(
          .invalid, "axcodes has \(axcodes.count) letters for \(rank) axes", got: axcodes.quoted,
          argument: ["axcodes"])
      }
      let codes = axcodes.prefix(rank).map(String.init)
      turn = current.transform(
        to: try Orientation(codes: codes, labels: labels ?? Orientation.labels))
    }
    return (turn, affine.replacing(matrix * turn.inverseMatrix(shape: shape)))
  }
}
