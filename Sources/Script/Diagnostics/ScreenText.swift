/// Text as terminals show it.
public enum ScreenText {
  /// Control characters, which could steer the terminal, become visible marks; a tab is one blank.
  public static func clean(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where scalar != "\r" {
      result.append(
        scalar == "\t" || scalar == "\n" ? " " : isControl(scalar) ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
  }

  /// Words of `text` after `lead`, continued `indent` columns in; a longer word is not broken.
  public static func wrapped(
    _ lead: String, _ text: String, indent: Int, width: Int
  ) -> [String] {
    var lines: [String] = []
    var line = lead
    var column = Self.width(of: lead)
    var isEmpty = true
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      let length = Self.width(of: String(word))
      if !isEmpty, column + 1 + length > width {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
        column = indent + length
      } else {
        line += (isEmpty ? "" : " ") + word
        column += length + (isEmpty ? 0 : 1)
      }
      isEmpty = false
    }
    return lines + [line]
  }

  /// Columns a text takes; colour codes take none.
  public static func width(of text: String) -> Int {
    var columns = 0
    var isCode = false
    for scalar in text.unicodeScalars {
      if scalar == "\u{1B}" { isCode = true }
      if !isCode { columns += width(of: scalar) }
      if isCode, scalar == "m" { isCode = false }
    }
    return columns
  }

  static func width(of scalars: ArraySlice<Unicode.Scalar>) -> Int {
    scalars.reduce(0) { $0 + width(of: $1) }
  }

  /// 2 for East Asian wide characters and emoji, 0 for marks that join the character before.
  private static func width(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x300: 1
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      2
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: 0
      default: 1
      }
    }
  }

  /// The same with nothing but ASCII in it.
  static func ascii(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
      case "…": result += "..."
      case "→": result += "->"
      case "–", "—", "−": result += "-"
      case "“", "”": result += "\""
      case "‘", "’": result += "'"
      case "×": result += "x"
      case "É": result += "E"
      default: result += "?"
      }
    }
    return result
  }
}
