extension String {
  /// The text as a Python string literal: single quotes unless only those occur inside.
  public var quoted: String {
    let quote: Character = contains("'") && !contains("\"") ? "\"" : "'"
    return "\(quote)\(escaped(in: quote))\(quote)"
  }

  /// The text as it stands between Python quotes of that kind.
  public func escaped(in quote: Character) -> String {
    escaped(quote) { scalar in
      let hex = String(scalar.value, radix: 16)
      return "\\x" + (hex.count < 2 ? "0" : "") + hex
    }
  }

  /// The text as a JSON string, with its quotes.
  public var jsonQuoted: String {
    let inner = escaped("\"") { scalar in
      if scalar.value == 0x7F { return String(scalar) }
      let hex = String(scalar.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }
    return "\"\(inner)\""
  }

  private func escaped(
    _ quote: Character, _ control: (Unicode.Scalar) -> String
  ) -> String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where Character(scalar) == quote: result += "\\" + String(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += control(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
