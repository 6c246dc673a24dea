import Components

/// Brings predictions back to the grid of the file their image came from.
///
/// Takes the trace of `orig_keys` and undoes, on the prediction, every transform that can be undone,
/// last first. The image itself and its trace stay. Source: `monai.transforms.Invertd` 0.8.1.
public struct Invertd: MapTransform {
  public var keys: OneOrMany<String> = .many([])
  public var transform: Ref<Transforms> = .missing
  public var origKeys: OneOrMany<String> = .many([])
  public var metaKeys: OneOrMany<String>?
  public var origMetaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var nearestInterp: OneOrMany<Bool> = .one(true)
  public var toTensor: OneOrMany<Bool> = .one(true)
  public var device: OneOrMany<String> = .one("cpu")
  public var postFunction: OneOrMany<FunctionArgument>?
  public var allowMissingKeys = false
  private let remarks = NoteOnce()

  public init() {}

  public static let schema = Schema<Self>(
    "Invertd", "Undo the pre-transforms on predictions.", .keys,
    .required("transform", \.transform, "The transforms to undo."),
    .required("orig_keys", \.origKeys, "Images whose traces to follow."),
    .optional("meta_keys", \.metaKeys, "Where to put the metadata of each key."),
    .optional("orig_meta_keys", \.origMetaKeys, "Where the metadata of the images is."),
    .optional("meta_key_postfix", \.metaKeyPostfix, "Metadata of x is stored under x_<postfix>."),
    .optional(
      "nearest_interp", \.nearestInterp, "Use nearest neighbours instead of the recorded mode."),
    .optional("to_tensor", \.toTensor, "Results are tensors here, whatever it says."),
    .optional("device", \.device, "Results stay in main memory, whatever it says."),
    .optional("post_func", \.postFunction, "A function to apply to the result."),
    .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    try validatePerKey(origKeys, "orig_keys")
    try validatePerKey(nearestInterp, "nearest_interp")
    if let postFunction { try validatePerKey(postFunction, "post_func") }
    if let metaKeys, metaKeys.values.count != keys.values.count {
      throw Fault(
        .invalid, "meta_keys and keys differ in length", got: "\(metaKeys.values.count)",
        wanted: "\(keys.values.count)", argument: ["meta_keys"])
    }
    if let origMetaKeys { try validatePerKey(origMetaKeys, "orig_meta_keys") }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      let original = value(origKeys, at: index)
      let records = sample.trace(of: original)
      guard sample[Sample.traceKey(original)] != nil else {
        return remarks.note(
          "Invertd: \(original.quoted) has no trace, \(key.quoted) stays as it is", context)
      }
      let metadataKey =
        origMetaKeys.map { value($0, at: index) } ?? "\(original)_\(metaKeyPostfix)"
      var item = Sample()
      item[original] = .tensor(try sample.image(key))
      if let metadata = sample.metadata(metadataKey) { item[metadataKey] = .metadata(metadata) }
      try transform.built.invert(
        &item, key: original, records: records, nearest: value(nearestInterp, at: index), context)
      var result = try item.image(original)
      if let postFunction {
        result = try value(postFunction, at: index).function(result, context.call)
      }
      sample[key] = .tensor(result)
      if let metadata = item.metadata(metadataKey) {
        sample[metaKeys?.values[index] ?? "\(key)_\(metaKeyPostfix)"] = .metadata(metadata)
      }
    }
    return .one(sample)
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, index, key) throws(Fault) in
      let prediction = try spec.tensor(key)
      let original = value(origKeys, at: index)
      guard isTraced(original) else { return }
      let name = origMetaKeys.map { value($0, at: index) } ?? "\(original)_\(metaKeyPostfix)"
      guard let metadata = spec.metadata(named: name) else {
        let unknown = [Int?](repeating: nil, count: max(prediction.shape.count - 1, 0))
        spec.tensors[key] = TensorSpec(
          shape: prediction.shape.prefix(1) + unknown, dtype: prediction.dtype)
        return
      }
      // Everything that moved voxels is taken back: what is left is the grid of the file.
      spec.tensors[key] = TensorSpec(
        shape: prediction.shape.prefix(1) + metadata.spatialShape.map { $0 },
        dtype: prediction.dtype)
      spec.setMetadata(metadata, named: metaKeys?.values[index] ?? "\(key)_\(metaKeyPostfix)")
    }
  }

  /// Whether some transform leaves a record about the image of that name.
  private func isTraced(_ original: String) -> Bool {
    transform.built.transforms.contains { step in
      guard step is any InvertibleTransform, let map = step as? any MapTransform else {
        return false
      }
      return map.keys.values.contains(original)
    }
  }
}
