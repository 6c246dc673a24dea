import Foundation
import Script
import Testing

/// A TextMate grammar as editors run it: line by line, at each place the rule that matches first.
struct EditorGrammar {
  private struct Rule {
    let scope: String
    /// What it matches, or where it begins.
    let pattern: Regex<AnyRegexOutput>
    /// Where it ends, of a rule that may go on over lines.
    let end: Regex<AnyRegexOutput>?
    let isAtLineStart: Bool
  }

  private let rules: [Rule]

  init(_ file: URL) throws {
    let sources = SourceStore()
    let text = try String(contentsOf: file, encoding: .utf8)
    let (json, findings) = JSONReader.read(sources.add(name: "", text: text), in: sources)
    #expect(findings.isEmpty)
    guard case .list(let patterns)? = json?["patterns"]?.form else {
      throw CocoaError(.fileReadCorruptFile)
    }
    func string(_ json: JSONValue?) -> String? {
      if case .string(let text)? = json?.form { text } else { nil }
    }
    rules = try patterns.map { pattern in
      let match = try #require(string(pattern["match"]) ?? string(pattern["begin"]))
      return Rule(
        scope: try #require(string(pattern["name"])), pattern: try Regex(match),
        end: try string(pattern["end"]).map { try Regex($0) }, isAtLineStart: match.hasPrefix("^"))
    }
  }

  /// The scope of each byte; nil for blanks, and for what no rule knows.
  func scopes(of text: String) -> [String?] {
    var scopes = [String?](repeating: nil, count: text.utf8.count)
    var open: Rule?
    var start = text.startIndex
    while start < text.endIndex {
      let stop = text[start...].firstIndex(of: "\n") ?? text.endIndex
      var position = start
      while position < stop {
        let rest = text[position..<stop]
        if let rule = open {
          let (range, isEnd) = stretch(of: rule, in: rest)
          paint(&scopes, text, range, rule.scope)
          position = range.upperBound
          if isEnd { open = nil }
          continue
        }
        guard let (rule, range) = first(in: rest, isAtLineStart: position == start) else { break }
        paint(&scopes, text, range, rule.scope)
        position = max(range.upperBound, text.index(after: position))
        if rule.end != nil { open = rule }
      }
      start = stop < text.endIndex ? text.index(after: stop) : stop
    }
    return scopes
  }

  /// Up to the end of an open rule or of the line; a backslash takes the next character along.
  private func stretch(of rule: Rule, in rest: Substring) -> (Range<String.Index>, isEnd: Bool) {
    var from = rest.startIndex
    while from < rest.endIndex, let found = rule.end.flatMap({ rest[from...].firstMatch(of: $0) }) {
      let before = rest[from..<found.range.lowerBound]
      guard let escape = before.firstIndex(of: "\\") else {
        return (rest.startIndex..<found.range.upperBound, true)
      }
      from = rest.index(escape, offsetBy: 2, limitedBy: rest.endIndex) ?? rest.endIndex
    }
    return (rest.startIndex..<rest.endIndex, false)
  }

  private func first(
    in rest: Substring, isAtLineStart: Bool
  ) -> (Rule, Range<String.Index>)? {
    var best: (rule: Rule, range: Range<String.Index>)?
    for rule in rules where isAtLineStart || !rule.isAtLineStart {
      guard let found = rest.firstMatch(of: rule.pattern), !found.range.isEmpty else { continue }
      if let known = best, known.range.lowerBound <= found.range.lowerBound { continue }
      best = (rule, found.range)
    }
    return best
  }

  private func paint(
    _ scopes: inout [String?], _ text: String, _ range: Range<String.Index>, _ scope: String
  ) {
    let from = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
    let to = text.utf8.distance(from: text.startIndex, to: range.upperBound)
    for index in from..<to { scopes[index] = scope }
  }
}
