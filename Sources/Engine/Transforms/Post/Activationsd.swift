import CKernels
import Components

/// Softmax over the channels, or a sigmoid, of one item's prediction.
///
/// Source: `monai.transforms.Activationsd` 0.8.1.
public struct Activationsd: MapTransform {
  public var keys: OneOrMany<String> = .many([])
  public var sigmoid: OneOrMany<Bool> = .one(false)
  public var softmax: OneOrMany<Bool> = .one(false)
  public var other: OneOrMany<FunctionArgument>?
  public var allowMissingKeys = false

  public init() {}

  public static let schema = Schema<Self>(
    "Activationsd", "Apply an activation to predictions.", .keys,
    .optional("sigmoid", \.sigmoid, "Squeeze every value between 0 and 1."),
    .optional("softmax", \.softmax, "Turn channels into probabilities that sum to 1."),
    .optional("other", \.other, "A function to apply afterwards."), .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    let sigmoids = try sigmoid.values(for: keys.values.count, argument: "sigmoid")
    let softmaxes = try softmax.values(for: keys.values.count, argument: "softmax")
    if zip(sigmoids, softmaxes).contains(where: { $0 && $1 }) {
      throw Fault(
        .invalid, "sigmoid and softmax are both True", wanted: "one of them",
        argument: ["softmax"])
    }
    if let other { try validatePerKey(other, "other") }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      var image = try sample.image(key)
      if value(sigmoid, at: index) {
        image = image.mapped(threads: context.threads) { etude_sigmoid($0, $1, $2) }
      }
      if value(softmax, at: index) {
        guard image.rank > 0 else { throw Fault(.shape, "softmax needs a channel axis") }
        let channels = image.shape[0]
        image = image.mappedPlanes(channels: channels, threads: context.threads) {
          etude_softmax($0, channels, $2, $3.lowerBound, $3.upperBound, $1)
        }
      }
      if let other { image = try value(other, at: index).function(image, context.call) }
      sample[key] = .tensor(image)
    }
    return .one(sample)
  }
}
