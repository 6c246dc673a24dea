import Components

/// A JSON value that remembers where it stood and how its numbers were spelled.
public struct JSONValue: Sendable {
  public enum Form: Sendable {
    case null
    case bool(Bool)
    case int(Int, spelling: String)
    case double(Double, spelling: String)
    case string(String)
    case list([JSONValue])
    case object([JSONEntry])
  }

  public var form: Form
  /// For a string, with its quotes.
  public var span: Span

  public init(_ form: Form, _ span: Span) { (self.form, self.span) = (form, span) }
}

public struct JSONEntry: Sendable {
  public var key: String
  public var keySpan: Span
  public var value: JSONValue

  public init(_ key: String, _ keySpan: Span, _ value: JSONValue) {
    (self.key, self.keySpan, self.value) = (key, keySpan, value)
  }
}

extension JSONValue {
  /// The last entry of that key: with duplicates, the last wins.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let entries) = form else { return nil }
    return entries.last { $0.key == key }?.value
  }

  /// The same as a value of the language.
  public var value: Value {
    switch form {
    case .null: .none
    case .bool(let flag): .bool(flag)
    case .int(let number, _): .int(number)
    case .double(let number, _): .double(number)
    case .string(let text): .string(text)
    case .list(let items): .list(items.map(\.value))
    case .object(let entries): .dict(ValueDictionary(entries.map { ($0.key, $0.value.value) }))
    }
  }

  /// Nil when JSON has no way to say it: functions, objects, slices, NaN and infinity.
  public init?(_ value: Value, span: Span) {
    switch value {
    case .none: self.init(.null, span)
    case .bool(let flag): self.init(.bool(flag), span)
    case .int(let number): self.init(.int(number, spelling: String(number)), span)
    case .double(let number):
      guard number.isFinite else { return nil }
      self.init(.double(number, spelling: number.description), span)
    case .string(let text): self.init(.string(text), span)
    case .list(let items), .tuple(let items):
      let written = items.compactMap { JSONValue($0, span: span) }
      guard written.count == items.count else { return nil }
      self.init(.list(written), span)
    case .dict(let dict):
      let entries = dict.compactMap { key, value in
        JSONValue(value, span: span).map { JSONEntry(key, span, $0) }
      }
      guard entries.count == dict.count else { return nil }
      self.init(.object(entries), span)
    case .slice, .function, .object: return nil
    }
  }
}

/// Equal in meaning: places, number spellings and the order of keys do not count.
extension JSONValue: Equatable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    left.value == right.value
  }
}
