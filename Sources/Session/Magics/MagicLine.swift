/// A line that is not of the language: `%time x`, `%%time`, `?x`, `x?`, `??x`.
struct MagicLine: Equatable {
  enum Form: Equatable {
    /// `%name`, whose text is the rest of the line.
    case line(name: String)
    /// `%%name`, whose text is the rest of the cell.
    case cell(name: String)
    /// `?x`; `??x` asks for the declaration.
    case question(isDouble: Bool)
  }

  var form: Form
  /// What follows the name, or what is asked about; without the blanks around it.
  var rest: String

  /// The last line of a text; nil when it is of the language.
  init?(_ text: String) {
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    var trimmed = Self.withoutPrompt(line)
    if trimmed.hasPrefix("?") {
      let isDouble = trimmed.hasPrefix("??")
      form = .question(isDouble: isDouble)
      rest = String(trimmed.drop { $0 == "?" || $0 == " " })
    } else if trimmed.hasPrefix("%") {
      let isCell = trimmed.hasPrefix("%%")
      trimmed = trimmed.dropFirst(isCell ? 2 : 1)
      let name = String(trimmed.prefix { $0.isLetter || $0 == "_" })
      form = isCell ? .cell(name: name) : .line(name: name)
      rest = Self.trimmed(trimmed.dropFirst(name.count))
    } else if trimmed.hasSuffix("?"), Self.isAskable(trimmed) {
      form = .question(isDouble: trimmed.hasSuffix("??"))
      rest = String(trimmed.prefix { $0 != "?" })
    } else {
      return nil
    }
  }

  /// The same text with blanks in place of the line's own words, so that what is left is code with the
  /// same offsets.
  func blanked(in text: String) -> String {
    let lineStart = text.lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
    let line = text[lineStart...]
    // What was blank behind the rest is blank anyway.
    let kept = line.range(of: rest)?.lowerBound ?? line.endIndex
    let blanks = String(repeating: " ", count: text[lineStart..<kept].utf8.count)
    return text[..<lineStart] + blanks + text[kept...]
  }

  private static func withoutPrompt(_ line: Substring) -> Substring {
    var line = line
    for prompt in ["etude> ", ">>> "] where line.hasPrefix(prompt) {
      line = line.dropFirst(prompt.count)
    }
    return trimmedView(line)
  }

  /// A name, a path, an index: nothing that a `?` could be part of otherwise.
  private static func isAskable(_ line: Substring) -> Bool {
    let name = line.prefix { $0 != "?" }
    return !name.isEmpty && line.dropFirst(name.count).allSatisfy { $0 == "?" }
      && name.allSatisfy { $0.isLetter || $0.isNumber || "_.@<>[]%\"'".contains($0) }
  }

  private static func trimmed(_ text: Substring) -> String { String(trimmedView(text)) }

  private static func trimmedView(_ text: Substring) -> Substring {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}

extension Substring {
  /// The last place where `other` stands as a whole.
  fileprivate func range(of other: String) -> Range<Index>? {
    guard !other.isEmpty else { return nil }
    var start = endIndex
    while start > startIndex {
      start = index(before: start)
      if self[start...].hasPrefix(other) {
        return start..<index(start, offsetBy: other.count)
      }
    }
    return nil
  }
}
