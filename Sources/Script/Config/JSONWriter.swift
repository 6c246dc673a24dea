import Components

/// Writes JSON as people write configs: two spaces a level, keys in order, numbers as spelled,
/// short lists of plain values on one line.
public struct JSONWriter {
  private static let lineLength = 100
  private var text = ""

  private init() {}

  /// The text of a whole file, with its last newline.
  public static func file(_ value: JSONValue) -> String { string(value) + "\n" }

  public static func string(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.write(value, level: 0, column: 0)
    return writer.text
  }

  /// A value on one line without blanks, for programs. What JSON cannot say is null: functions, objects,
  /// NaN and infinity.
  public static func packed(_ value: Value) -> String {
    var text = ""
    append(value, to: &text)
    return text
  }

  private static func append(_ value: Value, to text: inout String) {
    switch value {
    case .bool(let flag): text += flag ? "true" : "false"
    case .int(let number): text += String(number)
    case .double(let number) where number.isFinite: text += number.description
    case .string(let string): text += string.jsonQuoted
    case .list(let items), .tuple(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += "," }
        append(item, to: &text)
      }
      text += "]"
    case .dict(let entries):
      text += "{"
      for (index, entry) in entries.enumerated() {
        if index > 0 { text += "," }
        text += entry.key.jsonQuoted + ":"
        append(entry.value, to: &text)
      }
      text += "}"
    case .none, .double, .slice, .function, .object: text += "null"
    }
  }

  /// All of it on one line.
  public static func line(_ value: JSONValue) -> String {
    switch value.form {
    case .list(let items): "[" + items.map(line).joined(separator: ", ") + "]"
    case .object(let entries):
      "{" + entries.map { $0.key.jsonQuoted + ": " + line($0.value) }.joined(separator: ", ") + "}"
    default: scalar(value) ?? "null"
    }
  }

  private mutating func write(_ value: JSONValue, level: Int, column: Int) {
    switch value.form {
    case .list(let items) where !items.isEmpty:
      if let line = Self.line(items), column + line.count < Self.lineLength {
        text += line
        return
      }
      text += "["
      for (index, item) in items.enumerated() {
        text += index == 0 ? "\n" : ",\n"
        indent(level + 1)
        write(item, level: level + 1, column: 2 * (level + 1))
      }
      closeLine(level, "]")
    case .object(let entries) where !entries.isEmpty:
      text += "{"
      for (index, entry) in entries.enumerated() {
        text += index == 0 ? "\n" : ",\n"
        indent(level + 1)
        let key = entry.key.jsonQuoted
        text += key + ": "
        write(entry.value, level: level + 1, column: 2 * (level + 1) + key.count + 2)
      }
      closeLine(level, "}")
    case .list: text += "[]"
    case .object: text += "{}"
    default: text += Self.scalar(value) ?? "null"
    }
  }

  private mutating func indent(_ level: Int) { text += String(repeating: "  ", count: level) }

  private mutating func closeLine(_ level: Int, _ bracket: String) {
    text += "\n"
    indent(level)
    text += bracket
  }

  /// A list of scalars on one line; nil when something in it has parts.
  private static func line(_ items: [JSONValue]) -> String? {
    let words = items.compactMap(scalar)
    return words.count == items.count ? "[" + words.joined(separator: ", ") + "]" : nil
  }

  private static func scalar(_ value: JSONValue) -> String? {
    switch value.form {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .int(_, let spelling), .double(_, let spelling): spelling
    case .string(let text): text.jsonQuoted
    case .list, .object: nil
    }
  }
}
