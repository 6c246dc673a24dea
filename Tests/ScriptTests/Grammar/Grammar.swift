import Foundation

/// docs/grammar.txt, read: rules of alternatives of parts.
struct Grammar {
  indirect enum Part: Hashable {
    case terminal(String)
    case rule(String)
    case range(Unicode.Scalar, Unicode.Scalar)
    case sequence([Part])
    case choice([Part])
    /// Any number of times.
    case several(Part)
    case optional(Part)
  }

  private(set) var rules: [String: Part] = [:]

  static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "docs/grammar.txt")

  struct Mistake: Error { let message: String }

  init() throws { try self.init(String(contentsOf: Self.file, encoding: .utf8)) }

  init(_ text: String) throws {
    var reader = Reader(text)
    while let name = reader.name() {
      try reader.expect("=")
      rules[name] = try reader.choice()
      try reader.expect(";")
    }
    try reader.expectEnd()
    for part in rules.values { try check(part) }
  }

  /// Rules in capitals are made of characters.
  static func isLexical(_ rule: String) -> Bool { rule == rule.uppercased() }

  /// Tokens that no rule describes.
  static let layout: Set<String> = ["NEWLINE", "INDENT", "DEDENT"]

  private func check(_ part: Part) throws {
    switch part {
    case .rule(let name):
      if rules[name] == nil, !Self.layout.contains(name) {
        throw Mistake(message: "no rule \(name)")
      }
    case .sequence(let parts), .choice(let parts): for part in parts { try check(part) }
    case .several(let part), .optional(let part): try check(part)
    case .terminal, .range: break
    }
  }

  private struct Reader {
    private let scalars: [Unicode.Scalar]
    private var position = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    private mutating func skipBlanks() {
      while position < scalars.count {
        if scalars[position] == "#" {
          while position < scalars.count, scalars[position] != "\n" { position += 1 }
        } else if scalars[position].properties.isWhitespace {
          position += 1
        } else {
          return
        }
      }
    }

    private mutating func peek() -> Unicode.Scalar? {
      skipBlanks()
      return position < scalars.count ? scalars[position] : nil
    }

    mutating func name() -> String? {
      guard let first = peek(), first.properties.isAlphabetic else { return nil }
      let start = position
      while position < scalars.count, scalars[position].properties.isAlphabetic { position += 1 }
      return String(String.UnicodeScalarView(scalars[start..<position]))
    }

    mutating func expect(_ scalar: Unicode.Scalar) throws {
      guard peek() == scalar else {
        throw Mistake(message: "\(scalar) is missing after \(context)")
      }
      position += 1
    }

    mutating func expectEnd() throws {
      if peek() != nil { throw Mistake(message: "the grammar goes on after \(context)") }
    }

    private var context: String {
      String(String.UnicodeScalarView(scalars[max(0, position - 40)..<position]))
    }

    mutating func choice() throws -> Part {
      var parts = [try sequence()]
      while peek() == "|" {
        position += 1
        parts.append(try sequence())
      }
      return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws -> Part {
      var parts: [Part] = []
      while let next = peek(), !["|", ")", "]", "}", ";"].contains(next) {
        parts.append(try part())
      }
      return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func part() throws -> Part {
      let closers: [Unicode.Scalar: Unicode.Scalar] = ["(": ")", "[": "]", "{": "}"]
      guard let next = peek() else { throw Mistake(message: "the grammar ends too early") }
      if let closer = closers[next] {
        position += 1
        let inner = try choice()
        try expect(closer)
        return next == "(" ? inner : next == "[" ? .optional(inner) : .several(inner)
      }
      if next == "\"" || next == "'" { return try terminal(next) }
      guard let name = name() else { throw Mistake(message: "\(next) after \(context)") }
      return .rule(name)
    }

    private mutating func terminal(_ quote: Unicode.Scalar) throws -> Part {
      let text = try quoted(quote)
      guard position + 1 < scalars.count, peek() == ".", scalars[position + 1] == "." else {
        return .terminal(text)
      }
      position += 2
      guard let other = peek() else { throw Mistake(message: "a range has no end") }
      let end = try quoted(other)
      guard let low = text.unicodeScalars.first, let high = end.unicodeScalars.first else {
        throw Mistake(message: "a range of nothing")
      }
      return .range(low, high)
    }

    private mutating func quoted(_ quote: Unicode.Scalar) throws -> String {
      position += 1
      let start = position
      while position < scalars.count, scalars[position] != quote { position += 1 }
      guard position < scalars.count else { throw Mistake(message: "a quote is open") }
      position += 1
      return String(String.UnicodeScalarView(scalars[start..<position - 1]))
    }
  }
}
