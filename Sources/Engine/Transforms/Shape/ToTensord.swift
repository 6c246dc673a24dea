import Components

/// Makes tensors of arrays. Here both are one thing, so all it leaves is its place in the trace.
///
/// Source: `monai.transforms.ToTensord` 0.8.1.
public struct ToTensord: MapTransform, InvertibleTransform {
  public var keys: OneOrMany<String> = .many([])
  public var dtype: VoxelType?
  public var device: String?
  public var wrapSequence = true
  public var allowMissingKeys = false

  public init() {}

  public static let schema = Schema<Self>(
    "ToTensord", "Convert to tensors.", .keys,
    .optional("dtype", \.dtype, "Element type; None keeps it."),
    .optional("device", \.device, "Samples stay in main memory whatever it says."),
    .optional("wrap_sequence", \.wrapSequence, "A list of numbers becomes one tensor."),
    .allowMissingKeys)

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, _, key in
      var shape: [Int] = []
      switch sample[key] {
      case .tensor(let tensor):
        shape = Array(tensor.shape.dropFirst())
        if let dtype { sample[key] = .tensor(dtype.rounding(tensor.asFloat32)) }
      case .value(let value):
        sample[key] = .tensor(try numbers(value, key))
      case .metadata, .trace, nil:
        throw Sample.notLoaded(key, kind: "record about an image")
      }
      sample.push(TraceRecord(transform: Self.name, originalShape: shape), key: key)
    }
    return .one(sample)
  }

  public func invert(
    _ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool,
    _ context: TransformContext
  ) {}

  /// A number, or a list of numbers, as a tensor: class labels of a data list.
  private func numbers(_ value: Value, _ key: String) throws(Fault) -> Tensor {
    switch value {
    case .bool, .int, .double: return Tensor(scalar: Float(try Double(number: value)))
    case .list(let items), .tuple(let items):
      var elements: [Float] = []
      for item in items { elements.append(Float(try Double(number: item))) }
      return Tensor(elements, shape: [elements.count])
    default: throw Sample.notLoaded(key, kind: value.kindName)
    }
  }
}

extension Double {
  fileprivate init(number value: Value) throws(Fault) {
    if case .bool(let flag) = value { self = flag ? 1 : 0 } else { try self.init(argument: value) }
  }
}
