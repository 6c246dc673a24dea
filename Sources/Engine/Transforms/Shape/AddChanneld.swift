import Components

/// Adds a channel axis of one in front; 4.0 configs use it where 4.1 has EnsureChannelFirstd.
///
/// Source: `monai.transforms.AddChanneld` 0.8.1.
public struct AddChanneld: MapTransform {
  public var keys: OneOrMany<String> = .many([])
  public var allowMissingKeys = false

  public init() {}

  public static let schema = Schema<Self>(
    "AddChanneld", "Add a channel axis in front.", .keys, .allowMissingKeys)

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, _, key in
      let tensor = try sample.image(key)
      sample[key] = .tensor(tensor.reshaped([1] + tensor.shape))
    }
    return .one(sample)
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, _, key) throws(Fault) in
      spec.tensors[key] = TensorSpec(shape: [1] + (try spec.tensor(key)).shape)
    }
  }
}
