import Components
import Synchronization

/// Reads image files; the reader is chosen by the file's suffix.
///
/// The tensor is float32 in the file's axis order, scaled as the header says; what else is known goes
/// under `<key>_meta_dict`. A list of files becomes the channels of one image.
/// Source: `monai.transforms.LoadImaged` 0.8.1.
public struct LoadImaged: MetadataTransform {
  public var keys: OneOrMany<String> = .many([])
  public var reader: OneOrMany<String>?
  public var dtype: VoxelType? = .float32
  public var metaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var overwriting = false
  public var imageOnly = false
  public var asClosestCanonical = false
  public var allowMissingKeys = false

  public init() {}

  public static let placesVoxels = true

  public static let schema = Schema<Self>(
    "LoadImaged", "Read images from files.", .keys,
    .optional("reader", \.reader, "Files are read by their suffix, whatever it says."),
    .optional("dtype", \.dtype, "Element type the values are rounded to."), .metaKeys,
    .metaKeyPostfix,
    .optional("overwriting", \.overwriting, "Replace metadata that is there already."),
    .optional("image_only", \.imageOnly, "Leave the metadata out."), .allowMissingKeys,
    .optional("as_closest_canonical", \.asClosestCanonical, "Turn axes to the nearest RAS."))

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    var files = readAhead(sample, threads: context.threads)
    try updateEachKey(of: &sample) { sample, index, key in
      let file =
        try files.removeValue(forKey: key)?.get() ?? Self.open(try Self.paths(sample[key], key))
      var image = (tensor: file.tensor(context.threads), metadata: file.metadata)
      if asClosestCanonical { image = try Self.canonical(image.tensor, image.metadata) }
      sample[key] = .tensor(dtype?.rounding(image.tensor) ?? image.tensor)
      guard !imageOnly else { return }
      let name = metadataKey(key, at: index)
      if sample[name] != nil && !overwriting {
        throw Fault(
          .data, "the sample has \(name.quoted) already", remedy: "set overwriting to True",
          argument: ["overwriting"])
      }
      sample[name] = .metadata(image.metadata)
    }
    return .one(sample)
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, index, key) throws(Fault) in
      guard let value = spec.values[key] else {
        throw Sample.missing(key, among: spec.values.keys + spec.tensors.keys)
      }
      let paths = try Self.paths(.value(value), key)
      var (shape, metadata) = try Self.header(paths[0])
      for path in paths.dropFirst() {
        try Self.requireAlike(metadata, try Self.header(path).metadata)
      }
      if paths.count > 1 {
        // As `ImageFile` puts them together.
        if metadata.originalChannelAxis == nil {
          shape.insert(paths.count, at: 0)
          metadata.originalChannelAxis = 0
        } else {
          shape[shape.count - 1] *= paths.count
        }
      }
      if asClosestCanonical {
        let turn = try Self.turn(metadata)
        let axes = metadata.spatialShape.count
        let first = metadata.originalChannelAxis == 0 ? 1 : 0
        let old = shape
        for (index, axis) in turn.axes.enumerated() {
          shape[first + axis.world] = old[first + index]
        }
        metadata = Self.turned(metadata, turn, shape: Array(shape[first..<first + axes]))
      }
      spec.values[key] = nil
      spec.tensors[key] = TensorSpec(shape: shape.map { $0 })
      if imageOnly { return }
      spec.metadata[key] = metadata
      spec.setMetadata(metadata, named: metadataKey(key, at: index))
    }
  }

  /// The file or files a key of the data list names.
  private static func paths(_ entry: Sample.Entry?, _ key: String) throws(Fault) -> [String] {
    guard case .value(let value) = entry else {
      throw Fault(
        .data, "\(key.quoted) names no file", got: "an image that is loaded already",
        argument: ["keys"])
    }
    if case .string(let path) = value { return [path] }
    guard let items = value.elements, !items.isEmpty else {
      throw Fault(
        .data, "\(key.quoted) names no file", got: "\(value.kindName) \(value.shortened)",
        wanted: "path, or list of paths", argument: ["keys"])
    }
    return try [String](argument: value)
  }

  /// All keys' files at once, for most of the time goes into inflating them.
  private func readAhead(
    _ sample: Sample, threads: Int
  ) -> [String: Result<ImageFile.Opened, any Error>] {
    var wanted: [(key: String, paths: [String])] = []
    for key in keys.values {
      // What is not there, or is no path, is reported key by key later.
      if let paths = try? Self.paths(sample[key], key) { wanted.append((key, paths)) }
    }
    guard threads > 1, wanted.count > 1 else { return [:] }
    let results = Mutex<[String: Result<ImageFile.Opened, any Error>]>([:])
    parallelFor(wanted.count, threads: threads) { part in
      for (key, paths) in wanted[part] {
        let result = Result { try Self.open(paths) }
        results.withLock { $0[key] = result }
      }
    }
    return results.withLock { $0 }
  }

  private static func open(_ paths: [String]) throws -> ImageFile.Opened {
    guard paths.count > 1 else { return try ImageFile.open(paths[0]) }
    let first = try header(paths[0]).metadata
    for path in paths.dropFirst() {
      try requireAlike(first, try header(path).metadata)
    }
    return try ImageFile.open(paths)
  }

  /// The nearest RAS orientation, channels where they were.
  private static func canonical(
    _ tensor: Tensor, _ metadata: Metadata
  ) throws(Fault) -> (tensor: Tensor, metadata: Metadata) {
    let turn = try turn(metadata)
    guard !turn.isIdentity else { return (tensor, metadata) }
    let rank = metadata.spatialShape.count
    let result: Tensor
    switch metadata.originalChannelAxis {
    case nil:
      let image = turn.apply(tensor.reshaped([1] + tensor.shape))
      result = image.reshaped(Array(image.shape.dropFirst()))
    case 0?: result = turn.apply(tensor)
    default:
      result = turn.apply(tensor.permuted([rank] + Array(0..<rank)))
        .permuted(Array(1...rank) + [0])
    }
    let first = metadata.originalChannelAxis == 0 ? 1 : 0
    return (
      result, turned(metadata, turn, shape: Array(result.shape[first..<first + rank]))
    )
  }

  private static func turn(_ metadata: Metadata) throws(Fault) -> Orientation {
    try Orientation(Matrix(metadata.affine, rank: metadata.spatialShape.count))
  }

  private static func turned(
    _ metadata: Metadata, _ turn: Orientation, shape: [Int]
  ) -> Metadata {
    var result = metadata
    let matrix = Matrix(metadata.affine, rank: metadata.spatialShape.count)
    let placed = matrix * turn.inverseMatrix(shape: metadata.spatialShape)
    for row in 0..<shape.count {
      for column in 0..<shape.count { result.affine.rows[row][column] = placed[row, column] }
      result.affine.rows[row][3] = placed[row, shape.count]
    }
    result.spatialShape = shape
    return result
  }

  private static func header(
    _ path: String
  ) throws(Fault) -> (shape: [Int], metadata: Metadata) {
    do { return try ImageFile.readHeader(path) } catch {
      throw error as? Fault ?? Fault(.file, "\(path.quoted) cannot be read: \(error)")
    }
  }

  private static func requireAlike(_ first: Metadata, _ other: Metadata) throws(Fault) {
    let files = [first.fileName, other.fileName]
    if first.spatialShape != other.spatialShape {
      throw Fault(
        .data, "the files of one image have different sizes", got: "\(other.spatialShape)",
        wanted: "\(first.spatialShape)", notes: files)
    }
    if !first.affine.isClose(to: other.affine) {
      throw Fault(
        .data, "the files of one image lie in different places: their affines differ",
        got: other.affine.rows.prefix(3).description,
        wanted: first.affine.rows.prefix(3).description, notes: files)
    }
  }
}
