import Components

/// Moves the channel axis to the front, or adds one, as the file's metadata says.
///
/// Source: `monai.transforms.EnsureChannelFirstd` 0.8.1.
public struct EnsureChannelFirstd: MetadataTransform {
  public var keys: OneOrMany<String> = .many([])
  public var metaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var strictCheck = true
  public var allowMissingKeys = false
  private let remarks = NoteOnce()

  public init() {}

  public static let schema = Schema<Self>(
    "EnsureChannelFirstd", "Put channels first, as networks expect them.", .keys, .metaKeys,
    .metaKeyPostfix,
    .optional("strict_check", \.strictCheck, "Fail when the metadata is missing."),
    .allowMissingKeys)

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      let tensor = try sample.image(key)
      let name = metadataKey(key, at: index)
      guard let metadata = sample.metadata(name) else {
        if !strictCheck {
          return remarks.note(
            "EnsureChannelFirstd: no \(name), \(key.quoted) stays as it is", context)
        }
        throw Fault(
          .data, "\(key.quoted) has no metadata", wanted: name,
          remedy: "put LoadImaged with this key before it")
      }
      sample[key] = .tensor(try Self.moved(tensor, metadata))
    }
    return .one(sample)
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, _, key) throws(Fault) in
      let tensor = try spec.tensor(key)
      var shape = tensor.shape
      if let metadata = spec.metadata[key] {
        if let axis = try Self.channelAxis(rank: shape.count, metadata) {
          shape.insert(shape.remove(at: axis), at: 0)
        } else {
          shape.insert(1, at: 0)
        }
      }
      spec.tensors[key] = TensorSpec(shape: shape, dtype: tensor.dtype)
    }
  }

  private static func moved(_ tensor: Tensor, _ metadata: Metadata) throws(Fault) -> Tensor {
    guard let axis = try channelAxis(rank: tensor.rank, metadata) else {
      return tensor.reshaped([1] + tensor.shape)
    }
    return axis == 0
      ? tensor : tensor.permuted([axis] + (0..<tensor.rank).filter { $0 != axis })
  }

  private static func channelAxis(rank: Int, _ metadata: Metadata) throws(Fault) -> Int? {
    guard let axis = metadata.originalChannelAxis else { return nil }
    let place = axis < 0 ? axis + rank : axis
    guard 0..<rank ~= place else {
      throw Fault(
        .shape, "the file's channel axis does not exist", got: "axis \(axis) of \(rank)")
    }
    return place
  }
}
