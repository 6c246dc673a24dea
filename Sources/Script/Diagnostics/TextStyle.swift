/// Colour for what is shown on a terminal, or none.
public struct TextStyle: Sendable, Hashable {
  public var hasColor: Bool

  public init(hasColor: Bool) { self.hasColor = hasColor }

  public enum Color: String, Sendable {
    case red = "1;31"
    case yellow = "1;33"
    case blue = "1;34"
    case bold = "1"
    case dim = "2"
    case string = "32"
    case number = "36"
    case constant = "35"
    case reference = "33"
    case key = "34"
    case keyword = "1;35"
    case comment = "90"
  }

  public func paint(_ text: String, _ color: Color) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Étude or JSON with its words coloured: strings, keys, numbers, keywords, the three constants, `@x`,
  /// `<x>`, `%name` at the start of a line, comments.
  /// Any text will do; what is no word of the language stays as it is.
  public func code(_ text: String) -> String {
    guard hasColor else { return text }
    var painter = CodePainter(Array(text.unicodeScalars), style: self)
    return painter.painted()
  }
}

/// Walks over code once. A lexer would refuse text that is cut off, which is shown all the same.
private struct CodePainter {
  private let scalars: [Unicode.Scalar]
  private let style: TextStyle
  private var position = 0
  private var result = ""

  init(_ scalars: [Unicode.Scalar], style: TextStyle) {
    (self.scalars, self.style) = (scalars, style)
  }

  mutating func painted() -> String {
    while let scalar = peek() {
      switch scalar {
      case "\"", "'": string(quote: scalar)
      case "0"..."9": word(.number) { Self.isWordPart($0) || $0 == "." }
      case "@": reference()
      case "<": variable()
      case "#": emit(end(from: position) { $0 != "\n" }, .comment)
      case "%" where isAtLineStart: word(.keyword) { Self.isWordPart($0) || $0 == "%" }
      case _ where Self.isWordPart(scalar): name()
      default: take()
      }
    }
    return result
  }

  private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
    position + distance < scalars.count ? scalars[position + distance] : nil
  }

  private mutating func take() {
    result.unicodeScalars.append(scalars[position])
    position += 1
  }

  private mutating func emit(_ end: Int, _ color: TextStyle.Color?) {
    let text = String(String.UnicodeScalarView(scalars[position..<end]))
    result += color.map { style.paint(text, $0) } ?? text
    position = end
  }

  private var isAtLineStart: Bool { position == 0 || scalars[position - 1] == "\n" }

  private mutating func string(quote: Unicode.Scalar) {
    if peek(1) == quote, peek(2) == quote { return longString(quote: quote) }
    var end = position + 1
    while end < scalars.count, scalars[end] != quote, scalars[end] != "\n" {
      end += scalars[end] == "\\" ? 2 : 1
    }
    end = min(end + 1, scalars.count)
    emit(end, peek(end - position) == ":" ? .key : .string)
  }

  /// In three quotes, over any number of lines.
  private mutating func longString(quote: Unicode.Scalar) {
    var end = position + 3
    while end < scalars.count,
      !(scalars[end] == quote && scalars[end - 1] == quote && scalars[end - 2] == quote
        && end >= position + 5)
    {
      end += scalars[end] == "\\" ? 2 : 1
    }
    emit(min(end + 1, scalars.count), .string)
  }

  private mutating func word(_ color: TextStyle.Color?, _ isPart: (Unicode.Scalar) -> Bool) {
    emit(end(from: position, isPart), color)
  }

  private func end(from start: Int, _ isPart: (Unicode.Scalar) -> Bool) -> Int {
    scalars[start...].firstIndex { !isPart($0) } ?? scalars.count
  }

  private mutating func name() {
    let end = end(from: position, Self.isWordPart)
    let text = String(String.UnicodeScalarView(scalars[position..<end]))
    switch text {
    case "True", "False", "None", "true", "false", "null": emit(end, .constant)
    case _ where Keyword(spelling: text) != nil: emit(end, .keyword)
    default: emit(end, end < scalars.count && scalars[end] == "(" ? .bold : nil)
    }
  }

  private mutating func reference() {
    let end = end(from: position + 1) { Self.isWordPart($0) || $0 == "." }
    emit(end, end > position + 1 ? .reference : nil)
  }

  private mutating func variable() {
    let end = end(from: position + 1, Self.isWordPart)
    if end > position + 1, end < scalars.count, scalars[end] == ">" {
      emit(end + 1, .reference)
    } else {
      take()
    }
  }

  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
  }
}
