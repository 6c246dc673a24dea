@testable import Script

/// Whether a text is a sentence of a grammar, by Earley's method over the lexer's tokens.
struct Recognizer {
  private enum Symbol: Hashable {
    case terminal(String)
    case rule(String)
  }

  /// Plain productions, by the rule they belong to; parts in brackets have rules of their own.
  private var productions: [String: [[Symbol]]] = [:]

  init(_ grammar: Grammar) {
    for (name, part) in grammar.rules where !Grammar.isLexical(name) { add(part, as: name) }
    // The lexer tells no class from a name.
    productions["CLASS"] = [
      [.terminal("NAME")], [.rule("CLASS"), .terminal("."), .terminal("ATTRIBUTE")],
    ]
  }

  private mutating func add(_ part: Grammar.Part, as name: String) {
    if case .choice(let parts) = part {
      productions[name] = parts.enumerated().map { sequence($1, "\(name)|\($0)") }
    } else {
      productions[name] = [sequence(part, name + ".")]
    }
  }

  private mutating func sequence(_ part: Grammar.Part, _ place: String) -> [Symbol] {
    switch part {
    case .terminal(let text): return [.terminal(text)]
    case .range: return []
    case .rule("CLASS"): return [.rule("CLASS")]
    case .rule(let name): return [Grammar.isLexical(name) ? .terminal(name) : .rule(name)]
    case .sequence(let parts):
      return parts.enumerated().flatMap { sequence($1, "\(place).\($0)") }
    case .choice:
      add(part, as: place)
      return [.rule(place)]
    case .optional(let inner):
      let inside = sequence(inner, place + "[")
      productions[place] = [[], inside]
      return [.rule(place)]
    case .several(let inner):
      let inside = sequence(inner, place + "{")
      productions[place] = [[], [.rule(place)] + inside]
      return [.rule(place)]
    }
  }

  /// Nil when the lexer reads the whole text and the grammar derives it; else what went wrong.
  func objection(to text: String) -> String? {
    let bytes = Array(text.utf8)
    var lexer = Lexer(bytes, 0..<bytes.count, hasLines: true)
    lexer.run()
    var words: [Set<String>] = []
    for token in lexer.tokens {
      let spelling = String(
        decoding: bytes[token.start..<max(token.start, token.end)], as: UTF8.self)
      switch token.kind {
      case .end: break
      case .fault(let fault): return "token: \(fault.message)"
      case .openString, .openLine: return "the text ends too early"
      default: words.append(Self.terminals(token, spelling))
      }
    }
    return objection(to: words)
  }

  private static func terminals(_ token: Token, _ spelling: String) -> Set<String> {
    switch token.kind {
    case .name: [spelling, "NAME", "ATTRIBUTE"]
    case .keyword, .symbol, .referenceMark: [spelling]
    case .int, .double: ["NUMBER"]
    case .string(let literal):
      literal.text.isIdentifier && !literal.isRaw ? ["STRING", "QUOTEDNAME"] : ["STRING"]
    case .formatted: ["FSTRING"]
    case .variable: ["VARIABLE"]
    case .newline: ["NEWLINE"]
    case .indent: ["INDENT"]
    case .dedent: ["DEDENT"]
    case .end, .fault, .openString, .openLine: []
    }
  }

  private struct Item: Hashable {
    let rule: String
    let production: Int
    let dot: Int
    let start: Int

    var advanced: Item { Item(rule: rule, production: production, dot: dot + 1, start: start) }
  }

  private func objection(to words: [Set<String>]) -> String? {
    var sets: [[Item]] = Array(repeating: [], count: words.count + 1)
    var known: [Set<Item>] = Array(repeating: [], count: words.count + 1)
    func add(_ item: Item, at place: Int) {
      if known[place].insert(item).inserted { sets[place].append(item) }
    }
    for index in (productions["script"] ?? []).indices {
      add(Item(rule: "script", production: index, dot: 0, start: 0), at: 0)
    }
    for place in 0...words.count {
      var next = 0
      while next < sets[place].count {
        let item = sets[place][next]
        next += 1
        let symbols = productions[item.rule]?[item.production] ?? []
        guard item.dot < symbols.count else {
          for waiting in sets[item.start] {
            let symbols = productions[waiting.rule]?[waiting.production] ?? []
            if waiting.dot < symbols.count, symbols[waiting.dot] == .rule(item.rule) {
              add(waiting.advanced, at: place)
            }
          }
          continue
        }
        switch symbols[item.dot] {
        case .terminal(let text):
          if place < words.count, words[place].contains(text) { add(item.advanced, at: place + 1) }
        case .rule(let name):
          for index in (productions[name] ?? []).indices {
            add(Item(rule: name, production: index, dot: 0, start: place), at: place)
          }
          // A rule that was found to be empty here is passed over at once.
          let isEmpty = known[place].contains {
            $0.rule == name && $0.start == place
              && $0.dot == (productions[name]?[$0.production].count ?? -1)
          }
          if isEmpty { add(item.advanced, at: place) }
        }
      }
      if sets[place].isEmpty {
        return
          "no rule goes on after \(words[..<max(0, place - 1)].suffix(5).map { $0.min() ?? "" })"
      }
    }
    let isWhole = sets[words.count].contains { item in
      item.rule == "script" && item.start == 0
        && item.dot == (productions["script"]?[item.production].count ?? -1)
    }
    return isWhole ? nil : "the text ends too early"
  }
}
