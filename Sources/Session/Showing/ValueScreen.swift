import Components

/// How the prompt shows a value: within one screen, however large it is.
struct ValueScreen {
  static let width = 100
  static let height = 20
  /// Characters of one text that are shown.
  static let longestText = 1_600

  let value: Value

  var text: String {
    switch value {
    case .string(let text) where text.count > Self.longestText:
      let rest = text.count - Self.longestText
      return String(text.prefix(Self.longestText)).quoted + "  … \(rest) more characters"
    case .list(let items): return sequence(items, "[", "]")
    case .tuple(let items) where items.count > 1: return sequence(items, "(", ")")
    case .dict(let entries): return dictionary(entries)
    default: return value.description
    }
  }

  private func sequence(_ items: [Value], _ open: String, _ close: String) -> String {
    let hasParts = items.prefix(Self.height).contains { $0.hasParts }
    // A long list is cut before its words are made: it may have millions of elements.
    let most = hasParts ? Self.height : Self.width * Self.height / 2
    let words = items.prefix(most + 1).map { Self.line(of: $0, room: Self.width - 4) }
    let flat = open + words.joined(separator: ", ") + close
    if items.count == words.count, flat.count <= Self.width, !flat.contains("\n") { return flat }
    let lines = hasParts ? words.map { " " + $0 + "," } : Self.filled(words)
    return cut(lines, of: items.count, showing: hasParts ? 1 : nil, open, close)
  }

  private func dictionary(_ entries: ValueDictionary) -> String {
    let words = entries.prefix(Self.height + 1).map { key, value in
      "\(key.quoted): " + Self.line(of: value, room: Self.width - key.count - 6)
    }
    let flat = "{" + words.joined(separator: ", ") + "}"
    if entries.count == words.count, flat.count <= Self.width { return flat }
    return cut(words.map { " " + $0 + "," }, of: entries.count, showing: 1, "{", "}")
  }

  /// The lines that fit, and how many elements they leave out; `perLine` is nil where lines are
  /// filled with words.
  private func cut(
    _ lines: [String], of count: Int, showing perLine: Int?, _ open: String, _ close: String
  ) -> String {
    var shown = Array(lines.prefix(Self.height))
    let elements = perLine.map { shown.count * $0 } ?? shown.reduce(0) { $0 + Self.words(in: $1) }
    shown[0] = open + shown[0].dropFirst()
    let last = shown.count - 1
    if elements < count {
      shown.append(" … \(count - elements) more\(close)")
    } else {
      shown[last] = shown[last].dropLast() + close
    }
    return shown.joined(separator: "\n")
  }

  private static func words(in line: String) -> Int { line.count { $0 == "," } }

  /// Words with a comma after each, as many on a line as fit.
  private static func filled(_ words: [String]) -> [String] {
    var lines = [" "]
    for word in words {
      let last = lines.count - 1
      if lines[last].count + word.count + 2 > width, lines[last] != " " {
        lines.append(" " + word + ",")
      } else {
        lines[last] += (lines[last] == " " ? "" : " ") + word + ","
      }
    }
    return lines
  }

  /// A value inside another, on one line: objects by the first line of theirs.
  private static func line(of value: Value, room: Int) -> String {
    let text: String
    switch value {
    case .list(let items) where items.count > width: text = "[\(items.count) items]"
    case .dict(let entries) where entries.count > width: text = "{\(entries.count) entries}"
    default: text = value.description
    }
    let first = text.prefix { $0 != "\n" }
    let isWhole = first.count == text.count
    return first.count > max(room, 20)
      ? first.prefix(max(room, 20) - 3) + "..." : first + (isWhole ? "" : " …")
  }
}

extension Value {
  /// Stands on a line of its own when it is an element.
  fileprivate var hasParts: Bool {
    switch self {
    case .list, .tuple, .dict, .object: true
    case .string(let text): text.contains(",") || text.count > 40
    default: false
    }
  }
}
