/// Text as a page of HTML has it.
public enum StyledHTML {
  /// With `&`, `<`, `>` and quotes as entities.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // What XML and HTML have no way to say.
      case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// What `TextStyle` coloured for a terminal: each stretch a span whose class names its colour, such as
  /// `t-red`. Other escape sequences are left out.
  public static func text(_ styled: String) -> String {
    var result = ""
    var isOpen = false
    var rest = styled[...]
    while let escape = rest.firstIndex(of: "\u{1B}") {
      result += escaped(String(rest[..<escape]))
      let code = rest[escape...].dropFirst().prefix { $0 != "m" }
      rest = rest[code.endIndex...].dropFirst()
      if isOpen { result += "</span>" }
      let color = TextStyle.Color(rawValue: String(code.dropFirst()))
      isOpen = color != nil
      if let color { result += "<span class=\"t-\(color)\">" }
    }
    return result + escaped(String(rest)) + (isOpen ? "</span>" : "")
  }
}
