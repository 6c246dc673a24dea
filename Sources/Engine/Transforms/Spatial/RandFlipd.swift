import Components

/// Flips all keys together, some of the time.
///
/// Source: `monai.transforms.RandFlipd` 0.8.1; one number decides for all keys.
public struct RandFlipd: MapTransform, InvertibleTransform {
  public var keys: OneOrMany<String> = .many([])
  public var prob = 0.1
  public var spatialAxis: OneOrMany<Int>?
  public var allowMissingKeys = false

  public init() {}

  public static let streamCount = 1

  public static let schema = Schema<Self>(
    "RandFlipd", "Randomly flip along spatial axes.", .keys,
    .optional("prob", \.prob, in: 0...1, "Probability of flipping."),
    .optional(
      "spatial_axis", \.spatialAxis, "Axes to flip, the first spatial one is 0; None is all."),
    .allowMissingKeys)

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    let applies = streams[0].uniform() < prob
    var sample = sample
    try updateEachKey(of: &sample) { sample, _, key in
      let image = try sample.channelFirst(key)
      if applies {
        sample[key] = .tensor(image.flipped(try axes(rank: image.rank), threads: context.threads))
      }
      sample.push(
        TraceRecord(
          transform: Self.name, originalShape: Array(image.shape.dropFirst()), isApplied: applies),
        key: key)
    }
    return .one(sample)
  }

  public func invert(
    _ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool,
    _ context: TransformContext
  ) throws {
    guard record.isApplied else { return }
    let image = try sample.channelFirst(key)
    sample[key] = .tensor(image.flipped(try axes(rank: image.rank), threads: context.threads))
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, _, key) throws(Fault) in
      _ = try axes(rank: try spec.tensor(key).shape.count)
    }
  }

  /// Axes of the tensor, channel axis included in the count.
  private func axes(rank: Int) throws(Fault) -> [Int] {
    guard let spatialAxis else { return Array(1..<rank) }
    var axes: [Int] = []
    for axis in spatialAxis.values {
      let place = axis < 0 ? axis + rank : axis + 1
      guard 1..<rank ~= place else {
        throw Fault(
          .outOfRange, "spatial_axis \(axis) does not exist", got: "\(rank - 1) spatial axes",
          wanted: "0 to \(rank - 2)", argument: ["spatial_axis"])
      }
      if !axes.contains(place) { axes.append(place) }
    }
    return axes
  }
}
