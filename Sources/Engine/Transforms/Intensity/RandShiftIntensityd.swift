import CKernels
import Components

/// Adds one random offset to all voxels of all keys, some of the time.
///
/// Source: `monai.transforms.RandShiftIntensityd` 0.8.1: the outer stream decides, the inner one,
/// seeded alike, draws a number that is thrown away and then the offset.
public struct RandShiftIntensityd: MetadataTransform {
  public var keys: OneOrMany<String> = .many([])
  public var offsets: OneOrMany<Double> = .one(0)
  public var factorKey: OneOrMany<String>?
  public var metaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var prob = 0.1
  public var allowMissingKeys = false

  public init() {}

  public static let streamCount = 2

  public static let schema = Schema<Self>(
    "RandShiftIntensityd", "Shift intensities by a random offset.", .keys,
    .required("offsets", \.offsets, "Range to draw from; a number o means -o to o."),
    .optional("factor_key", \.factorKey, "Entry of the metadata the offset is multiplied by."),
    .metaKeys, .metaKeyPostfix,
    .optional("prob", \.prob, in: 0...1, "Probability of shifting."), .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    try validateMetadataKeys()
    if case .many(let pair) = offsets, pair.count != 2 {
      throw Fault(
        .invalid, "offsets is neither a number nor a pair", got: "\(pair.count) numbers",
        wanted: "1 or 2", argument: ["offsets"])
    }
    if let factorKey { try validatePerKey(factorKey, "factor_key") }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    guard streams[0].uniform() < prob else { return .one(sample) }
    _ = streams[1].uniform()
    let ends = offsets.values
    let low = ends.count == 1 ? -abs(ends[0]) : min(ends[0], ends[1])
    let high = ends.count == 1 ? abs(ends[0]) : max(ends[0], ends[1])
    let offset = streams[1].uniform(low, high)
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      let factor = try factor(sample, key, at: index)
      let image = try sample.image(key)
      sample[key] = .tensor(
        image.mapped(threads: context.threads) { etude_shift($0, $1, $2, Float(offset * factor)) })
    }
    return .one(sample)
  }

  private func factor(_ sample: Sample, _ key: String, at index: Int) throws(Fault) -> Double {
    guard let factorKey, let metadata = sample.metadata(metadataKey(key, at: index)),
      case .dict(let entries) = metadata.value, let value = entries[value(factorKey, at: index)]
    else { return 1 }
    do throws(Fault) { return try Double(argument: value) } catch {
      throw error.inArgument("factor_key")
    }
  }
}
