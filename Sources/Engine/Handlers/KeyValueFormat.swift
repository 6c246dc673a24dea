import Components

/// `key_var_format`: a Python format with one place for the name and one for the value, such as
/// `"{}: {:.4f} "`.
public struct KeyValueFormat: ArgumentType {
  private let text: String
  /// Text before the name, between the two, after the value.
  private let parts: [String]
  /// Decimals of the value; nil writes it as Python's `str`.
  private let digits: Int?

  public init() {
    (text, parts, digits) = ("{}: {:.4f} ", ["", ": ", " "], 4)
  }

  public static var form: ArgumentForm { .string }

  public init(argument value: Value) throws(Fault) {
    text = try String(argument: value)
    var parts = [""]
    var places: [Substring] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      parts[parts.count - 1] += rest[..<open]
      places.append(rest[rest.index(after: open)..<close])
      parts.append("")
      rest = rest[rest.index(after: close)...]
    }
    parts[parts.count - 1] += rest
    guard places.count == 2, places[0].isEmpty, let digits = Self.digits(of: places[1]) else {
      throw Fault(
        .invalid, "not a format for a name and a number", got: text.quoted,
        wanted: "\"{}: {:.4f} \"")
    }
    (self.parts, self.digits) = (parts, digits)
  }

  public var argumentValue: Value { .string(text) }

  /// All pairs one after the other.
  func text(_ pairs: [(name: String, value: Double)]) -> String {
    pairs.map { name, value in
      let number = digits.map { PythonNumber.text(of: value, decimals: $0) } ?? "\(value)"
      return parts[0] + name + parts[1] + number + parts[2]
    }.joined()
  }

  /// Of `:.4f` or nothing; nil when it is neither.
  private static func digits(of place: Substring) -> Int?? {
    if place.isEmpty { return .some(nil) }
    guard place.hasPrefix(":."), place.hasSuffix("f"),
      let digits = Int(place.dropFirst(2).dropLast()), 0...17 ~= digits
    else { return nil }
    return .some(digits)
  }
}
