/// A value a script, a config or a component argument can hold.
///
/// The three scalars of JSON and Python meet here: `true`, `True` and `.bool(true)` are one value.
public enum Value: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([Value])
  case tuple([Value])
  case dict(ValueDictionary)
  case slice(SliceBounds)
  case function(any Callable)
  case object(any Object)
}

/// The bounds of `a:b:c` inside an index; an absent bound is nil, as in Python.
public struct SliceBounds: Sendable, Hashable {
  public var start: Int?
  public var stop: Int?
  public var step: Int?

  public init(start: Int? = nil, stop: Int? = nil, step: Int? = nil) {
    (self.start, self.stop, self.step) = (start, stop, step)
  }
}

extension Value {
  /// The word users know this kind of value by: `int`, `list`, `function`, or the object's own kind.
  public var kindName: String {
    switch self {
    case .none: "None"
    case .bool: "bool"
    case .int: "int"
    case .double: "float"
    case .string: "string"
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .slice: "slice"
    case .function: "function"
    case .object(let object): object.kind
    }
  }

  /// Python's truth: empty, zero and None are false; objects and functions are true.
  public var isTruthy: Bool {
    switch self {
    case .none: false
    case .bool(let flag): flag
    case .int(let number): number != 0
    case .double(let number): number != 0
    case .string(let text): !text.isEmpty
    case .list(let items), .tuple(let items): !items.isEmpty
    case .dict(let entries): !entries.isEmpty
    case .slice, .function, .object: true
    }
  }

  /// The elements of a list or tuple.
  public var elements: [Value]? {
    switch self {
    case .list(let items), .tuple(let items): items
    default: nil
    }
  }
}

/// Equality as Python's `==` has it: `1 == 1.0`, `True == 1`; objects by identity; functions never.
extension Value: Equatable {
  public static func == (left: Value, right: Value) -> Bool {
    if let a = left.exactNumber, let b = right.exactNumber { return a == b }
    switch (left, right) {
    case (.none, .none): return true
    case (.string(let a), .string(let b)): return a == b
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)): return a == b
    case (.dict(let a), .dict(let b)): return a == b
    case (.slice(let a), .slice(let b)): return a == b
    case (.object(let a), .object(let b)): return a === b
    default: return false
    }
  }

  /// Int, float and bool as a double; integers beyond 2^53 lose precision here and are compared so.
  private var exactNumber: Double? {
    switch self {
    case .bool(let flag): flag ? 1 : 0
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}

/// Python's `repr`: what a user could type back.
extension Value: CustomStringConvertible {
  public var description: String {
    switch self {
    case .none: "None"
    case .bool(let flag): flag ? "True" : "False"
    case .int(let number): String(number)
    case .double(let number): number.description
    case .string(let text): text.quoted
    case .list(let items): "[" + items.map(\.description).joined(separator: ", ") + "]"
    case .tuple(let items) where items.count == 1: "(\(items[0]),)"
    case .tuple(let items): "(" + items.map(\.description).joined(separator: ", ") + ")"
    case .dict(let entries):
      "{" + entries.map { "\($0.key.quoted): \($0.value)" }.joined(separator: ", ") + "}"
    case .slice(let bounds):
      [bounds.start, bounds.stop, bounds.step].map { $0.map(String.init) ?? "" }
        .joined(separator: ":")
    case .function(let function): "<function \(function.name)>"
    case .object(let object): object.summary
    }
  }
}

extension Value {
  /// Text that is equal for equal values; nil where there is a live object or a function without one.
  public var definition: String? {
    func all(_ items: [Value], _ labels: [String]? = nil) -> String? {
      let texts = items.compactMap(\.definition)
      guard texts.count == items.count else { return nil }
      let entries = labels.map { zip($0, texts).map { "\($0.quoted): \($1)" } } ?? texts
      return entries.joined(separator: ", ")
    }
    switch self {
    case .list(let items): return all(items).map { "[\($0)]" }
    case .tuple(let items): return all(items).map { "(\($0),)" }
    case .dict(let entries):
      return all(entries.map(\.value), entries.map(\.key)).map { "{\($0)}" }
    case .function(let function): return function.definition
    case .object: return nil
    default: return description
    }
  }
}
