import Components

/// Strings and the texts that hold variables.
extension Printer {
  func literal(_ text: String, _ style: Expression.StringStyle) -> String {
    if style == .raw, let raw = raw(text) { return raw }
    return quoted(escape(text))
  }

  private func quoted(_ body: String) -> String { String(quote) + body + String(quote) }

  /// `r"…"`, unless the text cannot be written so.
  private func raw(_ text: String) -> String? {
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard isPlain, text.last != "\\" else { return nil }
    let free: [Character] = quote == "'" ? ["'"] : ["\"", "'"]
    guard let quote = free.first(where: { !text.contains($0) }) else { return nil }
    return "r" + String(quote) + text + String(quote)
  }

  private func escape(_ text: String, doublingBraces: Bool = false) -> String {
    let escaped = text.escaped(in: quote)
    guard doublingBraces else { return escaped }
    return escaped.replacing("{", with: "{{").replacing("}", with: "}}")
  }

  func formatted(_ parts: [FormattedPart]) -> String {
    var inner = self
    inner.quote = "'"
    var body = ""
    for part in parts {
      switch part {
      case .text(let text): body += escape(text, doublingBraces: true)
      case .value(let value, let conversion, let format):
        // A space keeps the brace of a dict from doubling the brace of the field, and a bracket keeps
        // the colon of a lambda from starting the format.
        var text = inner.text(value, at: .or)
        if text.hasPrefix("{") { text = " " + text }
        body += "{" + text + (conversion.map { "!" + $0 } ?? "")
        body += (format.isEmpty ? "" : ":" + format) + "}"
      }
    }
    return "f" + quoted(body)
  }

  /// A config string: its variables stand in braces, braces of the text are doubled.
  func template(_ parts: [TemplatePart]) -> String {
    quoted(
      parts.map { part in
        switch part {
        case .text(let text): escape(text, doublingBraces: true)
        case .variable(let name): "{\(name)}"
        }
      }.joined())
  }
}
