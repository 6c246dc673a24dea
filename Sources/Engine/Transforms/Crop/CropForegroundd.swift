import CKernels
import Components

/// Cuts every key to the box around the foreground of one of them.
///
/// The box is found once, where `source_key` is above 0 in any channel (or where `select_fn` says),
/// widened by `margin` and to multiples of `k_divisible`; what then lies outside is padded. The
/// affine stays that of the whole image. Source: `monai.transforms.CropForegroundd` 0.8.1.
public struct CropForegroundd: MapTransform, InvertibleTransform {
  public var keys: OneOrMany<String> = .many([])
  public var sourceKey = ""
  public var selectFunction: FunctionArgument?
  public var channelIndices: OneOrMany<Int>?
  public var margin: OneOrMany<Int> = .one(0)
  public var kDivisible: OneOrMany<Int> = .one(1)
  public var mode: OneOrMany<PadMode> = .one(.constant)
  public var startCoordKey = "foreground_start_coord"
  public var endCoordKey = "foreground_end_coord"
  public var allowMissingKeys = false

  public init() {}

  public static let schema = Schema<Self>(
    "CropForegroundd", "Crop to the box around the foreground.", .keys,
    .required("source_key", \.sourceKey, "The image whose foreground counts."),
    .optional("select_fn", \.selectFunction, "Marks the foreground; by default values above 0."),
    .optional("channel_indices", \.channelIndices, "Channels to look at; None looks at all."),
    .optional("margin", \.margin, "Voxels to add on every side, one number or one an axis."),
    .optional("k_divisible", \.kDivisible, "Widen the box to multiples of this."),
    .optional("mode", \.mode, "What to pad with when the box leaves the image."),
    .optional("start_coord_key", \.startCoordKey, "Where the box's first corner is stored."),
    .optional("end_coord_key", \.endCoordKey, "Where the corner after its last is stored."),
    .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    try validatePerKey(mode, "mode")
    if let least = margin.values.min(), least < 0 {
      throw Fault(.outOfRange, "margin is negative", got: "\(least)", argument: ["margin"])
    }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    let source: Tensor
    let box: (start: [Int], end: [Int])
    do {
      source = try sample.channelFirst(sourceKey)
      box = try boundingBox(of: source, context)
    } catch let fault as Fault {
      throw fault.argument == ["keys"]
        ? fault.renamed(["source_key"]) : fault.about(sourceKey, in: sample)
    }
    if box.start == box.end {
      throw Fault(
        .data, "\(sourceKey.quoted) has no foreground: no voxel is above 0",
        remedy: "look at its intensities, or at the a_min and a_max they were scaled with",
        argument: ["source_key"]
      ).about(sourceKey, in: sample)
    }
    sample[startCoordKey] = .value(Self.list(box.start))
    sample[endCoordKey] = .value(Self.list(box.end))
    try updateEachKey(of: &sample) { sample, index, key in
      let image = try sample.channelFirst(key)
      let shape = Array(image.shape.dropFirst())
      guard shape.count == box.start.count else {
        throw Fault(
          .shape, "\(key) and \(sourceKey) differ in dimensions", got: "\(image.shape)",
          wanted: "\(source.shape)", argument: ["keys"])
      }
      sample.push(
        TraceRecord(
          transform: Self.name, originalShape: shape,
          details: ["box_start": Self.list(box.start), "box_end": Self.list(box.end)]), key: key)
      sample[key] = .tensor(cut(image, box, value(mode, at: index), context.threads))
    }
    return .one(sample)
  }

  public func invert(
    _ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool,
    _ context: TransformContext
  ) throws {
    let image = try sample.channelFirst(key)
    let start = try [Int](record: record, "box_start")
    let size = record.originalShape
    let low = start.map { -$0 }
    // Output voxel o of the whole image is voxel o - start of the cut one.
    sample[key] = .tensor(
      image.cropped(
        from: low, to: zip(low, size).map { $0 + $1 }, threads: context.threads))
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    _ = try spec.tensor(sourceKey)
    return try spec.updatingEachKey(of: self) { (spec, _, key) throws(Fault) in
      let tensor = try spec.tensor(key)
      // How large the box is, only the voxels tell.
      let unknown = [Int?](repeating: nil, count: max(tensor.shape.count - 1, 0))
      spec.tensors[key] = TensorSpec(shape: tensor.shape.prefix(1) + unknown, dtype: tensor.dtype)
    }
  }

  private func cut(
    _ image: Tensor, _ box: (start: [Int], end: [Int]), _ mode: PadMode, _ threads: Int
  ) -> Tensor {
    if mode == .constant {
      return image.cropped(from: box.start, to: box.end, threads: threads)
    }
    let shape = Array(image.shape.dropFirst())
    let inside = image.cropped(
      from: box.start.map { max($0, 0) }, to: zip(box.end, shape).map { min($0, $1) },
      threads: threads)
    return inside.padded(
      low: box.start.map { max(-$0, 0) }, high: zip(box.end, shape).map { max($0 - $1, 0) },
      mode: mode)
  }

  /// Half open; start equals end when there is no foreground.
  private func boundingBox(
    of image: Tensor, _ context: TransformContext
  ) throws -> (start: [Int], end: [Int]) {
    let rank = image.rank - 1
    var marked = image
    if let selectFunction {
      marked = try selectFunction.function(image, context.call).asFloat32
    }
    var (start, end) = marked.positiveBox(
      channels: try channels(of: image), threads: context.threads)
    if start == end { return (start, end) }
    let margins = try perAxis(margin, rank, "margin")
    let divisors = try perAxis(kDivisible, rank, "k_divisible")
    for axis in 0..<rank {
      start[axis] = max(start[axis] - margins[axis], 0)
      end[axis] += margins[axis]
      let (size, divisor) = (end[axis] - start[axis], divisors[axis])
      let wanted = divisor > 0 ? (size + divisor - 1) / divisor * divisor : size
      start[axis] -= (wanted - size) / 2
      end[axis] = start[axis] + wanted
    }
    return (start, end)
  }

  private func channels(of image: Tensor) throws(Fault) -> [Int] {
    let count = image.shape[0]
    guard let channelIndices else { return Array(0..<count) }
    var channels: [Int] = []
    for index in channelIndices.values {
      let channel = index < 0 ? index + count : index
      guard 0..<count ~= channel else {
        throw Fault(
          .outOfRange, "the image has no channel \(index)", wanted: "0 to \(count - 1)",
          argument: ["channel_indices"])
      }
      channels.append(channel)
    }
    return channels
  }

  private func perAxis(
    _ values: OneOrMany<Int>, _ rank: Int, _ argument: String
  ) throws(Fault) -> [Int] {
    switch values {
    case .one(let value): return Array(repeating: value, count: rank)
    case .many(let values):
      guard values.count == rank else {
        throw Fault(
          .invalid, "\(argument) has \(values.count) values for \(rank) axes", wanted: "\(rank)",
          argument: [argument])
      }
      return values
    }
  }

  private static func list(_ numbers: [Int]) -> Value { .list(numbers.map { .int($0) }) }
}

extension Fault {
  fileprivate func renamed(_ argument: [String]) -> Fault {
    var fault = self
    fault.argument = argument
    return fault
  }
}

extension [Int] {
  /// Whole numbers a transform noted in its own trace.
  init(record: TraceRecord, _ name: String) throws(Fault) {
    guard let value = record.details[name] else {
      throw Fault(.invalid, "the trace of \(record.transform) lacks \(name)")
    }
    try self.init(argument: value)
  }
}

extension Tensor {
  /// The smallest box around values above 0 in any of `channels`; half open, empty at 0 when there
  /// are none.
  fileprivate func positiveBox(channels: [Int], threads: Int) -> (start: [Int], end: [Int]) {
    let rank = self.rank - 1
    let sizes = Array(repeating: 1, count: 3 - rank) + shape.dropFirst()
    let voxels = sizes.reduce(1, *)
    let empty = sizes.flatMap { [$0, 0] }
    let planes = max(sizes[0], 1)
    var boxes = [[Int]](repeating: empty, count: channels.count * planes)
    withElements(of: Float.self) { elements in
      boxes.withUnsafeMutableBufferPointer { boxes in
        guard let input = elements.baseAddress else { return }
        nonisolated(unsafe) let boxes = boxes
        parallelFor(boxes.count, threads: threads, grain: 8) { part in
          for index in part {
            let plane = index % planes
            etude_bounding_box(
              input + channels[index / planes] * voxels, sizes, plane, plane + 1, &boxes[index])
          }
        }
      }
    }
    var box = empty
    for found in boxes {
      for axis in 0..<3 {
        box[2 * axis] = min(box[2 * axis], found[2 * axis])
        box[2 * axis + 1] = max(box[2 * axis + 1], found[2 * axis + 1])
      }
    }
    let axes = (3 - rank)..<3
    if box[0] >= box[1] { return (axes.map { _ in 0 }, axes.map { _ in 0 }) }
    return (axes.map { box[2 * $0] }, axes.map { box[2 * $0 + 1] })
  }
}
