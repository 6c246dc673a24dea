import Components

/// Samples collated along a new first axis.
public struct Batch: Sendable {
  /// Stacked entries: `image` is `[N, C, spatial…]`; numbers of the data list are `[N]`.
  public var tensors: [String: Tensor]
  /// What is not stacked, one sample an item: metadata, traces, other values.
  public var items: [Sample]

  public init(tensors: [String: Tensor], items: [Sample]) {
    (self.tensors, self.items) = (tensors, items)
  }

  /// Crops of one case become items of their own: 2 cases of 4 crops make a batch of 8.
  ///
  /// Source: `monai.data.list_data_collate` 0.8.1.
  public init(collating cases: [Samples]) throws(Fault) {
    self.init(tensors: [:], items: cases.flatMap(\.all))
    guard let first = items.first else { return }
    for key in first.keys {
      switch first[key] {
      case .tensor: tensors[key] = try stacked(key)
      case .value(.int): tensors[key] = numbers(key, of: Int64.self) { Int64(exactly: $0) }
      case .value(.double): tensors[key] = numbers(key, of: Double.self) { $0 }
      default: continue
      }
    }
    for index in items.indices {
      for key in tensors.keys where items[index].tensor(key) != nil { items[index][key] = nil }
    }
  }

  /// One sample an item again: what post-transforms and metrics work on.
  ///
  /// Source: `monai.data.decollate_batch` 0.8.1; numbers come back as numbers.
  public func decollated() -> [Sample] {
    var samples = items
    for (key, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let parts = tensor.unstacked()
      for index in samples.indices where index < parts.count && samples[index][key] == nil {
        samples[index][key] = .tensor(parts[index])
      }
    }
    return samples
  }

  private func stacked(_ key: String) throws(Fault) -> Tensor {
    var parts: [Tensor] = []
    for item in items {
      guard let tensor = item.tensor(key) else {
        throw Fault(
          .data, "a case of the batch has no tensor \(key.quoted)",
          got: item[key] == nil ? "nothing" : "a value", notes: files(key, [items[0], item]))
      }
      if let first = parts.first, first.shape != tensor.shape || first.dtype != tensor.dtype {
        throw Fault(
          .shape, "\(key.quoted) differs in shape within one batch",
          got: "\(tensor.shape) \(tensor.dtype.rawValue)",
          wanted: "\(first.shape) \(first.dtype.rawValue)",
          remedy: "crop to one size, or set batch_size to 1", notes: files(key, [items[0], item]))
      }
      parts.append(tensor)
    }
    return try Tensor.stacked(parts)
  }

  private func files(_ key: String, _ samples: [Sample]) -> [String] {
    samples.compactMap { sample in
      sample.fileName(key).map { "\(sample.tensor(key)?.shape ?? []) is \($0)" }
    }
  }

  /// All items' numbers as one tensor; nil when one of them is none.
  private func numbers<T: TensorScalar>(
    _ key: String, of type: T.Type, _ convert: (Double) -> T?
  ) -> Tensor? {
    var numbers: [T] = []
    for item in items {
      let number: Double
      switch item[key] {
      case .value(.int(let value)): number = Double(value)
      case .value(.double(let value)): number = value
      default: return nil
      }
      guard let converted = convert(number) else { return nil }
      numbers.append(converted)
    }
    return Tensor(numbers, shape: [numbers.count])
  }
}

extension Tensor {
  /// The tensors along the first axis; torch's `unbind`.
  public func unstacked() -> [Tensor] {
    guard rank > 0 else { return [] }
    let rest = Array(shape.dropFirst())
    if shape[0] == 1 { return [reshaped(rest)] }
    let size = rest.reduce(1, *) * dtype.size
    return withUnsafeBytes { source in
      (0..<shape[0]).map { index in
        Tensor(shape: rest, dtype: dtype) {
          $0.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[index * size..<(index + 1) * size]))
        }
      }
    }
  }
}

/// A batch as the language holds it: `batch['image']`, `batch[0]`.
public final class BatchObject: HasIndex {
  public let batch: Batch

  public init(_ batch: Batch) { self.batch = batch }

  public var kind: String { "batch" }
  public var count: Int? { batch.items.count }

  public var summary: String {
    let tensors = batch.tensors.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shape)" }
    return "batch of \(batch.items.count): " + tensors.joined(separator: ", ")
  }

  public func element(at index: Value) throws -> Value {
    if case .int(let number) = index { return try item(number) }
    let key = try String(argument: index)
    if let tensor = batch.tensors[key] { return .object(TensorObject(tensor)) }
    let values = batch.items.compactMap { $0[key]?.value }
    guard !values.isEmpty else {
      throw Sample.missing(key, among: Array(batch.tensors.keys) + (batch.items.first?.keys ?? []))
    }
    return Self.collated(values)
  }

  private func item(_ number: Int) throws(Fault) -> Value {
    let place = number < 0 ? number + batch.items.count : number
    guard batch.items.indices ~= place else {
      throw Fault(
        .outOfRange, "the batch has no item \(number)", wanted: "0 to \(batch.items.count - 1)")
    }
    return .object(SampleObject(batch.decollated()[place]))
  }

  /// Dicts become a dict of lists, as collated metadata is.
  private static func collated(_ values: [Value]) -> Value {
    guard case .dict(let first)? = values.first else { return .list(values) }
    return .dict(
      ValueDictionary(
        first.keys.map { key in
          (
            key,
            .list(
              values.map { value in
                if case .dict(let entries) = value { entries[key] ?? .none } else { .none }
              })
          )
        }))
  }
}
