/// A dictionary with text keys that remembers insertion order, as JSON files and Python dicts do.
public struct ValueDictionary: Sendable, Equatable {
  public typealias Element = (key: String, value: Value)

  public private(set) var keys: [String] = []
  private var values: [String: Value] = [:]

  public init() {}

  /// Empty, with room for as many entries as will come.
  public init(capacity: Int) {
    keys.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  /// Later entries of the same key win, at the place of the first.
  public init(_ entries: some Sequence<(String, Value)>) {
    for (key, value) in entries { self[key] = value }
  }

  public subscript(key: String) -> Value? {
    get { values[key] }
    set {
      if let newValue {
        if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if values.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  /// As Python compares dicts: order does not matter.
  public static func == (left: ValueDictionary, right: ValueDictionary) -> Bool {
    left.values == right.values
  }
}

extension ValueDictionary: Sequence {
  public func makeIterator() -> some IteratorProtocol<Element> {
    keys.lazy.map { (key: $0, value: values[$0]!) }.makeIterator()
  }

  public var count: Int { keys.count }
  public var isEmpty: Bool { keys.isEmpty }
}

extension ValueDictionary: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral entries: (String, Value)...) { self.init(entries) }
}
