import Components

/// The elements of a value, one at a time: lists, tuples, the keys of a dict, the characters of a string,
/// streams, and whatever has a count and an index.
public struct ValueIterator {
  private enum Source {
    case list([Value], at: Int)
    case stream(any Stream)
    case indexed(any HasIndex, count: Int, at: Int)
  }
  private var source: Source

  public init(_ value: Value) throws {
    switch value {
    case .list(let items), .tuple(let items): source = .list(items, at: 0)
    case .dict(let entries): source = .list(entries.keys.map { .string($0) }, at: 0)
    case .string(let text):
      source = .list(text.unicodeScalars.map { .string(String($0)) }, at: 0)
    case .object(let stream as any Stream): source = .stream(stream)
    case .object(let object as any HasIndex):
      guard let count = object.count else { fallthrough }
      source = .indexed(object, count: count, at: 0)
    default:
      throw Fault(
        .wrongType, "\(value.kindPhrase) has no elements to go through", got: value.shortened,
        wanted: "list, tuple, dict, string or data")
    }
  }

  public mutating func next() throws -> Value? {
    switch source {
    case .list(let items, let index):
      guard index < items.count else { return nil }
      source = .list(items, at: index + 1)
      return items[index]
    case .stream(let stream): return try stream.next()
    case .indexed(let object, let count, let index):
      guard index < count else { return nil }
      source = .indexed(object, count: count, at: index + 1)
      return try object.element(at: .int(index))
    }
  }

  /// All elements at once.
  static func all(_ value: Value, _ context: CallContext) throws -> [Value] {
    if let items = value.elements { return items }
    var iterator = try ValueIterator(value)
    var items: [Value] = []
    while let item = try iterator.next() {
      try context.budget.spend()
      items.append(item)
      try context.budget.allow(size: items.count)
    }
    return items
  }
}
