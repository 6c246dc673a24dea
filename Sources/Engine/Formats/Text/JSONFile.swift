import Components

/// Reads and writes JSON files of the engine: data lists and reports.
///
/// Objects keep the order of their keys, faults say line and column. As Python's `json`, it takes
/// `NaN` and `Infinity`, and of two equal keys the later wins.
public enum JSONFile {
  private static let maxSize = 1 << 30

  public static func read(_ path: String) throws -> Value {
    let source = try FileSource(path)
    guard source.size <= maxSize else {
      throw Fault(
        .limit, "\(path.quoted) is too large for a JSON file", got: "\(source.size) bytes")
    }
    return try value(of: source.bytes(at: 0, count: source.size), source: path)
  }

  /// - Parameter source: what faults call the text.
  static func value(of text: [UInt8], source: String) throws -> Value {
    var parser = JSONParser(text, source: source)
    return try parser.document()
  }

  /// Indented by one space a level, as Python's `json.dump(indent=1)`; `/` and other characters
  /// beyond ASCII stay as they are.
  public static func text(of value: Value) throws -> String {
    var text = ""
    try append(value, indent: "\n", to: &text)
    return text + "\n"
  }

  /// Writes whole or not at all (see `AtomicFile`).
  public static func write(
    _ value: Value, to path: String, on fileSystem: any FileSystem = Disk()
  ) throws {
    try AtomicFile.write(Array(text(of: value).utf8), to: path, on: fileSystem)
  }

  private static func append(_ value: Value, indent: String, to text: inout String) throws {
    switch value {
    case .none: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .int(let number): text += String(number)
    case .double(let number): text += literal(number)
    case .string(let string): text += string.jsonQuoted
    case .list(let items), .tuple(let items):
      try appendAll(items, "[", "]", indent, to: &text) { try append($0, indent: $1, to: &$2) }
    case .dict(let entries):
      try appendAll(Array(entries), "{", "}", indent, to: &text) { entry, indent, text in
        text += entry.key.jsonQuoted + ": "
        try append(entry.value, indent: indent, to: &text)
      }
    case .slice, .function, .object:
      throw Fault(
        .wrongType, "JSON has no form for this value", got: "\(value.kindName) \(value.shortened)")
    }
  }

  private static func appendAll<Item>(
    _ items: [Item], _ open: String, _ close: String, _ indent: String, to text: inout String,
    _ each: (Item, String, inout String) throws -> Void
  ) rethrows {
    text += open
    for (index, item) in items.enumerated() {
      text += (index == 0 ? "" : ",") + indent + " "
      try each(item, indent + " ", &text)
    }
    text += (items.isEmpty ? "" : indent) + close
  }

  private static func literal(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return PythonNumber.text(of: number)
  }
}
