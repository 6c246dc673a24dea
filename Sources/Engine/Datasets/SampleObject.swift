import Components

/// A case as the language holds it: `sample['image']`.
public final class SampleObject: HasIndex {
  public let sample: Sample

  public init(_ sample: Sample) { self.sample = sample }

  public var kind: String { "sample" }
  public var count: Int? { sample.keys.count }

  public var summary: String {
    "sample of "
      + sample.keys.map { key in
        sample.tensor(key).map { "\(key) \($0.shape)" } ?? key
      }.joined(separator: ", ")
  }

  public func element(at index: Value) throws -> Value {
    let key = try String(argument: index)
    guard let entry = sample[key] else { throw Sample.missing(key, among: sample.keys) }
    return entry.value
  }
}

extension Sample.Entry {
  /// The entry as the language sees it.
  public var value: Value {
    switch self {
    case .tensor(let tensor): .object(TensorObject(tensor))
    case .metadata(let metadata): metadata.value
    case .trace(let records): .list(records.map(\.value))
    case .value(let value): value
    }
  }
}
