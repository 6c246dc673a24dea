import Components

/// Cuts several boxes around random voxels, each either of the foreground or of the background.
///
/// Per crop one number decides the class (foreground below pos / (pos + neg)), one integer picks
/// the voxel; the centre then moves inwards until the box fits. Foreground is where the label is not
/// 0 (its channels after the first when it has several), background where it is 0 and, with
/// `image_key`, the image is above `image_threshold`.
/// Source: `monai.transforms.RandCropByPosNegLabeld` 0.8.1.
public struct RandCropByPosNegLabeld: MetadataTransform, InvertibleTransform {
  public var keys: OneOrMany<String> = .many([])
  public var labelKey = ""
  public var spatialSize: OneOrMany<Int> = .many([])
  public var pos = 1.0
  public var neg = 1.0
  public var numSamples = 1
  public var imageKey: String?
  public var imageThreshold = 0.0
  public var foregroundIndicesKey: String?
  public var backgroundIndicesKey: String?
  public var metaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var allowSmaller = false
  public var allowMissingKeys = false
  private let remarks = NoteOnce()

  public init() {}

  public static let streamCount = 1

  public static let schema = Schema<Self>(
    "RandCropByPosNegLabeld", "Crop around random foreground and background voxels.", .keys,
    .required("label_key", \.labelKey, "The label that tells foreground from background."),
    .required(
      "spatial_size", \.spatialSize, "Size of a crop; 0 or less takes the image's own."),
    .optional("pos", \.pos, in: 0..., "Weight of foreground centres."),
    .optional("neg", \.neg, in: 0..., "Weight of background centres."),
    .optional("num_samples", \.numSamples, in: 1..., "Crops to make of each case."),
    .optional("image_key", \.imageKey, "Background must also be above the threshold here."),
    .optional("image_threshold", \.imageThreshold, "Background lies above this in the image."),
    .optional(
      "fg_indices_key", \.foregroundIndicesKey, "Entry with foreground voxels found before."),
    .optional(
      "bg_indices_key", \.backgroundIndicesKey, "Entry with background voxels found before."),
    .metaKeys, .metaKeyPostfix,
    .optional("allow_smaller", \.allowSmaller, "Take a smaller crop when the image is smaller."),
    .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    try validateMetadataKeys()
    if pos + neg == 0 {
      throw Fault(.invalid, "pos and neg are both 0", wanted: "one above 0", argument: ["pos"])
    }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    let centres: [[Int]]
    do {
      centres = try drawCentres(&sample, &streams[0], context)
    } catch let fault as Fault {
      throw fault.about(labelKey, in: sample)
    }
    return .many(
      try centres.enumerated().map { number, centre in
        var crop = sample
        try updateEachKey(of: &crop) { crop, index, key in
          let image = try crop.channelFirst(key)
          let shape = Array(image.shape.dropFirst())
          let (start, end) = box(around: centre, in: shape)
          crop[key] = .tensor(image.cropped(from: start, to: end, threads: context.threads))
          crop.push(
            TraceRecord(
              transform: Self.name, originalShape: shape,
              details: ["center": .list(centre.map { .int($0) })]), key: key)
          if var metadata = crop.metadata(metadataKey(key, at: index)) {
            metadata.patchIndex = number
            crop[metadataKey(key, at: index)] = .metadata(metadata)
          }
        }
        return crop
      })
  }

  public func invert(
    _ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool,
    _ context: TransformContext
  ) throws {
    let image = try sample.channelFirst(key)
    let centre = try [Int](record: record, "center")
    let low = box(around: centre, in: record.originalShape).start.map { -$0 }
    sample[key] = .tensor(
      image.cropped(
        from: low, to: zip(low, record.originalShape).map { $0 + $1 }, threads: context.threads))
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    let label = try spec.tensor(labelKey)
    var size: [Int?] = []
    for (axis, extent) in label.shape.dropFirst().enumerated() {
      let wanted = try cropSize(rank: label.shape.count - 1)[axis]
      guard let extent else {
        size.append(wanted > 0 ? wanted : nil)
        continue
      }
      if wanted > extent && !allowSmaller { throw tooLarge(label.shape.dropFirst().map { $0 }) }
      size.append(wanted > 0 ? min(wanted, extent) : extent)
    }
    var result = try spec.updatingEachKey(of: self) { (spec, _, key) throws(Fault) in
      let tensor = try spec.tensor(key)
      spec.tensors[key] = TensorSpec(shape: tensor.shape.prefix(1) + size, dtype: tensor.dtype)
    }
    result.sampleCount = (spec.sampleCount ?? 1) * numSamples
    return result
  }

  /// Numbers per axis as written: 0 or less stands for the image's own size.
  private func cropSize(rank: Int) throws(Fault) -> [Int] {
    switch spatialSize {
    case .one(let size): return Array(repeating: size, count: rank)
    case .many(let sizes):
      guard sizes.count == rank else {
        throw Fault(
          .invalid, "spatial_size has \(sizes.count) numbers for an image of \(rank) dimensions",
          got: "\(sizes)", wanted: "\(rank) numbers", argument: ["spatial_size"])
      }
      return sizes
    }
  }

  private func tooLarge(_ shape: [Int?]) -> Fault {
    let text = shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
    return Fault(
      .shape, "the random crop is larger than the image", got: "image [\(text)]",
      wanted: "at least \(spatialSize.values)",
      remedy: "make spatial_size smaller, pad before, or set allow_smaller to True",
      argument: ["spatial_size"])
  }

  private func box(around centre: [Int], in shape: [Int]) -> (start: [Int], end: [Int]) {
    var (start, end): ([Int], [Int]) = ([], [])
    for (axis, extent) in shape.enumerated() {
      let written = spatialSize.values.count == 1 ? spatialSize.values[0] : spatialSize.values[axis]
      let size = written > 0 ? written : extent
      start.append(max(centre[axis] - size / 2, 0))
      end.append(min(start[axis] + size, extent))
    }
    return (start, end)
  }

  private func drawCentres(
    _ sample: inout Sample, _ stream: inout RandomState, _ context: TransformContext
  ) throws -> [[Int]] {
    let label = try sample.channelFirst(labelKey)
    let shape = Array(label.shape.dropFirst())
    let size = zip(try cropSize(rank: shape.count), shape).map { $0 > 0 ? $0 : $1 }
    if !allowSmaller, zip(size, shape).contains(where: { $0 > $1 }) { throw tooLarge(shape) }
    let candidates: any CropCandidates
    if let foreground = try indices(foregroundIndicesKey, &sample),
      let background = try indices(backgroundIndicesKey, &sample)
    {
      candidates = ListedCandidates(foreground: foreground, background: background)
    } else {
      let image = try imageKey.map { try sample.channelFirst($0) }
      if let image, image.shape.dropFirst() != label.shape.dropFirst() {
        throw Fault(
          .shape, "image and label differ in shape", got: "image \(image.shape)",
          wanted: "\(label.shape.dropFirst())", argument: ["image_key"])
      }
      candidates = VoxelClasses(
        label: label, image: image, threshold: Float(imageThreshold), threads: context.threads)
    }
    let (foreground, background) = (candidates.foregroundCount, candidates.backgroundCount)
    if foreground == 0 && background == 0 {
      throw Fault(
        .data, "no voxel can be the centre of a crop",
        got: "an empty label and no voxel above image_threshold",
        remedy: "lower image_threshold, or leave image_key out")
    }
    var ratio = pos / (pos + neg)
    if foreground == 0 || background == 0 {
      ratio = foreground == 0 ? 0 : 1
      let file = sample.fileName(labelKey).map { " in \($0)" } ?? ""
      remarks.note(
        "RandCropByPosNegLabeld: no \(foreground == 0 ? "foreground" : "background")\(file), "
          + "all crops are centred on the other", context)
    }
    return (0..<numSamples).map { _ in
      let isForeground = stream.uniform() < ratio
      let pick = stream.integer(below: isForeground ? foreground : background)
      let voxel = candidates.voxel(pick, isForeground: isForeground)
      return Self.fitting(Self.unravelled(voxel, shape), size: size, shape: shape)
    }
  }

  private static func unravelled(_ index: Int, _ shape: [Int]) -> [Int] {
    zip(Tensor.strides(of: shape), shape).map { index / $0 % $1 }
  }

  /// MONAI's `correct_crop_centers`.
  static func fitting(_ centre: [Int], size: [Int], shape: [Int]) -> [Int] {
    centre.indices.map { axis in
      let size = min(size[axis], shape[axis])
      let start = size / 2
      var end = shape[axis] + 1 - (size + 1) / 2
      if start == end { end += 1 }
      return min(max(centre[axis], start), end - 1)
    }
  }

  /// Voxels that another transform noted; they leave the sample.
  private func indices(_ key: String?, _ sample: inout Sample) throws(Fault) -> [Int]? {
    guard let key, let entry = sample[key] else { return nil }
    sample[key] = nil
    switch entry {
    case .value(let value): return try [Int](argument: value)
    case .tensor(let tensor): return tensor.asFloat32.elements(of: Float.self).map { Int($0) }
    case .metadata, .trace: throw Sample.notLoaded(key, kind: "record about an image")
    }
  }
}
