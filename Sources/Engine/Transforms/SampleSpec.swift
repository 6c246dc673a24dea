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
      do throws(Fault) { try change(&spec, index, key) } catch { throw error.about(key, in: self) }
    }
    return spec
  }
}

extension SampleSpec {
  /// The file a message should name: the one the image of `key` is read from.
  public func fileName(_ key: String) -> String? {
    if let metadata = metadata[key] { return metadata.fileName }
    switch values[key] {
    case .string(let path): return path
    case .list(let parts):
      if case .string(let path)? = parts.first { return path }
      return nil
    default: return nil
    }
  }

  /// What stands under the name of a metadata entry: `image_meta_dict`.
  func metadata(named name: String) -> Metadata? {
    let suffix = "_meta_dict"
    if name.hasSuffix(suffix), let found = metadata[String(name.dropLast(suffix.count))] {
      return found
    }
    return metadata[name]
  }

  mutating func setMetadata(_ value: Metadata, named name: String) {
    let suffix = "_meta_dict"
    metadata[name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name] = value
  }
}

extension Fault {
  /// The same fault with a note on the image it would happen to, unless one is there already.
  func about(_ key: String, in spec: SampleSpec) -> Fault {
    let start = "key \(key.quoted)"
    guard !notes.contains(where: { $0.hasPrefix(start) }) else { return self }
    var fault = self
    let shape = spec.tensors[key].map { ", shape \($0.text)" } ?? ""
    let file = spec.fileName(key).map { ", file \($0)" } ?? ""
    if !shape.isEmpty || !file.isEmpty { fault.notes.append(start + shape + file) }
    return fault
  }
}

extension TensorSpec {
  /// `[1, ?, ?, 96]`
  public var text: String {
    "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
  }

  /// Whether the two can be of one shape, as far as both are known.
  public func fits(_ other: TensorSpec) -> Bool {
    shape.count == other.shape.count
      && zip(shape, other.shape).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
  }
}
