/// Random sentences of a grammar, from a seed, and which alternatives they took.
struct Sentences {
  private let grammar: Grammar
  private let costs: [String: Int]
  private var state: UInt64
  private var names = 0
  private var indent = 0
  /// Inside the braces of an f-string, where its own quotes are not free.
  private var isInField = false
  private(set) var taken: Set<String> = []

  init(_ grammar: Grammar, seed: UInt64) {
    (self.grammar, state) = (grammar, seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    costs = Self.costs(of: grammar)
  }

  private mutating func pick(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % count
  }

  /// A script; `depth` bounds how deep rules are inside each other before only short ways are taken.
  mutating func script(depth: Int) -> String {
    var text = ""
    for word in words(.rule("script"), "script", depth) {
      switch word {
      case "NEWLINE": text += "\n"
      case "INDENT": indent += 1
      case "DEDENT": indent -= 1
      default:
        let isFirst = text.isEmpty || text.hasSuffix("\n")
        text += isFirst ? String(repeating: "  ", count: indent) : " "
        text += word
      }
    }
    return text
  }

  /// A line that is an expression, or a tuple of them.
  mutating func expression(depth: Int) -> String {
    words(.rule("expressions"), "script", depth).joined(separator: " ") + "\n"
  }

  /// The tokens of a part; `place` names it for the record of what was taken.
  private mutating func words(_ part: Grammar.Part, _ place: String, _ depth: Int) -> [String] {
    switch part {
    case .terminal(let text): return [text]
    case .range: return [characters(part, place, depth)]
    case .rule(let name):
      if Grammar.layout.contains(name) { return [name] }
      if Grammar.isLexical(name) { return [token(name, depth)] }
      return grammar.rules[name].map { words($0, name, depth - 1) } ?? []
    case .sequence(let parts):
      return parts.enumerated().flatMap { words($1, "\(place).\($0)", depth) }
    case .choice(let parts):
      let index = choose(parts, depth)
      taken.insert("\(place)|\(index)")
      return words(parts[index], "\(place)|\(index)", depth)
    case .several(let inner):
      let count = depth > 0 ? pick(3) : 0
      if count > 0 { taken.insert("\(place){") }
      return (0..<count).flatMap { _ in words(inner, "\(place){", depth - 1) }
    case .optional(let inner):
      guard depth > 0, pick(2) == 0 else { return [] }
      taken.insert("\(place)[")
      return words(inner, "\(place)[", depth - 1)
    }
  }

  /// One token. Names are all different, so that none is given twice.
  private mutating func token(_ rule: String, _ depth: Int) -> String {
    switch rule {
    case "NAME":
      names += 1
      return "n\(names)"
    case "VARIABLE": return "<" + token("NAME", depth) + ">"
    case "QUOTEDNAME": return "\"" + token("NAME", depth) + "\""
    case "STRING" where isInField: return "'text'"
    case "FSTRING" where isInField: return "'text'"
    default: return grammar.rules[rule].map { characters($0, rule, depth) } ?? rule
    }
  }

  private mutating func characters(
    _ part: Grammar.Part, _ place: String, _ depth: Int
  ) -> String {
    switch part {
    case .terminal(let text): return text
    case .range(let low, let high):
      let value = low.value + UInt32(pick(Int(high.value - low.value) + 1))
      return Unicode.Scalar(value).map(String.init) ?? ""
    case .rule("FIELD"):
      isInField = true
      defer { isInField = false }
      return grammar.rules["FIELD"].map { characters($0, "FIELD", min(depth, 3)) } ?? ""
    case .rule(let name):
      if Grammar.isLexical(name) { return token(name, depth - 1) }
      return " " + words(part, place, depth - 1).joined(separator: " ") + " "
    case .sequence(let parts):
      return parts.enumerated().map { characters($1, "\(place).\($0)", depth) }.joined()
    case .choice(let parts):
      let index = pick(parts.count)
      taken.insert("\(place)|\(index)")
      return characters(parts[index], "\(place)|\(index)", depth)
    case .several(let inner):
      return (0..<pick(4)).map { _ in characters(inner, "\(place){", depth - 1) }.joined()
    case .optional(let inner):
      return pick(2) == 0 ? characters(inner, "\(place)[", depth - 1) : ""
    }
  }

  /// Any alternative while there is room; then the one that ends soonest.
  private mutating func choose(_ parts: [Grammar.Part], _ depth: Int) -> Int {
    if depth > 0 { return pick(parts.count) }
    return parts.indices.min { cost(parts[$0]) < cost(parts[$1]) } ?? 0
  }

  private func cost(_ part: Grammar.Part) -> Int { Self.cost(part, costs) }

  /// How many rules are inside each other at least, by rule.
  private static func costs(of grammar: Grammar) -> [String: Int] {
    var costs: [String: Int] = [:]
    while true {
      let better = grammar.rules.mapValues { 1 + cost($0, costs) }
      if better == costs { return costs }
      costs = better
    }
  }

  private static func cost(_ part: Grammar.Part, _ costs: [String: Int]) -> Int {
    switch part {
    case .terminal, .range, .several, .optional: 0
    case .rule(let name): Grammar.layout.contains(name) ? 0 : costs[name] ?? 1_000
    case .sequence(let parts): parts.map { cost($0, costs) }.max() ?? 0
    case .choice(let parts): parts.map { cost($0, costs) }.min() ?? 0
    }
  }

  /// Every alternative there is among the rules of tokens.
  static func alternatives(of grammar: Grammar) -> Set<String> {
    var found: Set<String> = []
    func walk(_ part: Grammar.Part, _ place: String) {
      switch part {
      case .terminal, .range, .rule: break
      case .sequence(let parts):
        for (index, part) in parts.enumerated() { walk(part, "\(place).\(index)") }
      case .choice(let parts):
        for (index, part) in parts.enumerated() {
          found.insert("\(place)|\(index)")
          walk(part, "\(place)|\(index)")
        }
      case .several(let inner):
        found.insert("\(place){")
        walk(inner, "\(place){")
      case .optional(let inner):
        found.insert("\(place)[")
        walk(inner, "\(place)[")
      }
    }
    for (name, part) in grammar.rules where !Grammar.isLexical(name) { walk(part, name) }
    return found
  }
}
