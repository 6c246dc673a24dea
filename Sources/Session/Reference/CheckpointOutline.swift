import Components
import Engine

/// What a checkpoint holds, one entry a line: names, shapes and types, plain values as they are.
struct CheckpointOutline {
  private(set) var lines: [String] = []
  private(set) var tensorCount = 0
  private(set) var elementCount = 0

  init(_ state: StateValue) {
    guard case .dict(let entries) = state else {
      add("", state, depth: 0)
      return
    }
    add(entries, depth: 0)
  }

  /// Each dictionary's tensors stand in one column.
  private mutating func add(_ entries: StateDictionary, depth: Int) {
    let names = entries.entries.map { Self.text(of: $0.key) }
    let width =
      zip(names, entries.entries).map { name, entry in
        if case .tensor = entry.value { name.count } else { 0 }
      }.max() ?? 0
    for (name, entry) in zip(names, entries.entries) {
      guard case .tensor = entry.value else {
        add(name, entry.value, depth: depth)
        continue
      }
      add(name + String(repeating: " ", count: width - name.count), entry.value, depth: depth)
    }
  }

  private mutating func add(_ name: String, _ value: StateValue, depth: Int) {
    switch value {
    case .dict(let entries) where entries.count > 0:
      write(name, Self.count(entries.count, "entry", "entries"), depth)
      add(entries, depth: depth + 1)
    case .list(let items) where !Self.isPlain(items), .tuple(let items) where !Self.isPlain(items):
      write(name, Self.count(items.count, "item", "items"), depth)
      for (index, item) in items.enumerated() { add("\(index)", item, depth: depth + 1) }
    case .tensor(let tensor):
      tensorCount += 1
      elementCount += tensor.count
      write(name, Self.text(of: tensor), depth)
    default: write(name, Self.text(of: value), depth)
    }
  }

  private mutating func write(_ name: String, _ text: String, _ depth: Int) {
    let parts = [name, text].filter { !$0.isEmpty }
    lines.append(String(repeating: "  ", count: depth) + parts.joined(separator: "  "))
  }

  /// Fits on one line: nothing inside has lines of its own.
  private static func isPlain(_ items: [StateValue]) -> Bool {
    items.allSatisfy {
      switch $0 {
      case .none, .bool, .int, .double, .string: true
      case .list(let inner), .tuple(let inner): isPlain(inner)
      case .dict(let entries): entries.count == 0
      case .tensor: false
      }
    }
  }

  private static func text(of tensor: Tensor) -> String {
    if tensor.shape.isEmpty { return "\(tensor.dtype.rawValue)  \(number(in: tensor))" }
    let sizes = tensor.shape.map(String.init).joined(separator: "×")
    return "\(tensor.dtype.rawValue)  \(sizes)"
  }

  private static func number(in tensor: Tensor) -> String {
    if tensor.dtype.isFloatingPoint {
      return tensor.doubles().map { PythonNumber.text(of: $0) }.joined()
    }
    return tensor.converted(to: .int64).elements(of: Int64.self).map { "\($0)" }.joined()
  }

  /// A name is shown as it is unless it would be unreadable or do something to a terminal.
  private static func text(of key: StateDictionary.Key) -> String {
    switch key {
    case .int(let number): return "\(number)"
    case .string(let name):
      let isPlain = name.unicodeScalars.allSatisfy {
        $0.isASCII && (0x21...0x7e).contains($0.value)
      }
      return isPlain && !name.isEmpty ? name : Value.string(name).shortened
    }
  }

  private static func text(of value: StateValue) -> String {
    switch value {
    case .dict: "{}"
    default: Value(value).shortened
    }
  }

  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(number) \(number == 1 ? one : many)"
  }
}
