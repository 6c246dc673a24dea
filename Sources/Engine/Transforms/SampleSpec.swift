import Components

/// A sample that is not there yet, read off headers.
public struct SampleSpec: Sendable {
  public var tensors: [String: TensorSpec]
  /// Where the images lie, under the image's own key.
  public var metadata: [String: Metadata]
  /// What the data list holds for keys that are not loaded yet.
  public var values: ValueDictionary
  /// Number of crops once a transform has made several.
  public var sampleCount: Int?

  public init(
    tensors: [String: TensorSpec] = [:], metadata: [String: Metadata] = [:],
    values: ValueDictionary = [:]
  ) {
    (self.tensors, self.metadata, self.values) = (tensors, metadata, values)
  }

  /// A case as the data list has it.
  public init(_ sample: Sample) {
    self.init()
    for key in sample.keys {
      switch sample[key] {
      case .value(let value): values[key] = value
      case .tensor(let tensor):
        tensors[key] = TensorSpec(shape: tensor.shape, dtype: tensor.dtype)
        metadata[key] = sample.metadata(Sample.metadataKey(key))
      default: continue
      }
    }
  }

  /// Bytes of all tensors of one sample; nil while a size is unknown.
  public var byteCount: Int? {
    var total = 0
    for spec in tensors.values {
      var count = spec.dtype.size
      for size in spec.shape {
        guard let size else { return nil }
        count *= size
      }
      total += count
    }
    return total
  }
}

extension SampleSpec {
  /// The description of an image that a transform works on.
  func tensor(_ key: String) throws(Fault) -> TensorSpec {
    guard let spec = tensors[key] else {
      if values[key] != nil { throw Sample.notLoaded(key, kind: "value of the data list") }
      throw Sample.missing(key, among: Array(tensors.keys) + values.keys)
    }
    return spec
  }

  /// Applies `change` to each of the transform's keys that the sample has.
  func updatingEachKey<T: MapTransform>(
    of transform: T, _ change: (inout SampleSpec, Int, String) throws(Fault) -> Void
  ) throws(Fault) -> SampleSpec {
    var spec = self
    for (index, key) in transform.keys.values.enumerated() {
      if tensors[key] == nil && values[key] == nil && transform.allowMissingKeys { continue }
      try change(&spec, index, key)
    }
    return spec
  }
}
