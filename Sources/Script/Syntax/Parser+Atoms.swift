import Components

/// Operands: literals, names, brackets, and what is attached to them.
extension Parser {
  /// An atom with its `.name`, `[index]` and `(arguments)`.
  mutating func postfixed() throws(ParseStop) -> Expression {
    let start = token.start
    var value = try atom()
    while true {
      let tallest = height
      if accept(.dot) {
        let name = try expectName("a name after the dot")
        value = try node(.attribute(value, name), from: start, over: tallest)
      } else if at(.openParen) {
        value = try call(value, from: start)
      } else if accept(.openBracket) {
        let index = try subscriptIndex()
        let inner = max(tallest, height)
        try expect(.closeBracket)
        value = try node(.index(value, index), from: start, over: inner)
      } else if at(.as), case .component(var component) = value.form {
        while accept(.as) { component.aliases.append(try expectName("an alias")) }
        value = try node(.component(component), from: start, over: tallest)
      } else {
        height = tallest
        return value
      }
    }
  }

  private mutating func atom() throws(ParseStop) -> Expression {
    let token = token
    let start = token.start
    switch token.kind {
    case .int(let value, let spelling):
      advance()
      return try node(.int(value, spelling: spelling), from: start)
    case .double(let value, let spelling):
      advance()
      return try node(.double(value, spelling: spelling), from: start)
    case .string(let literal):
      advance()
      if case .string = self.token.kind { throw unexpected(wanted: "a comma or +") }
      return try node(.string(literal.text, literal.isRaw ? .raw : .plain), from: start)
    case .formatted(let range, let isRaw):
      advance()
      return try formatted(range, isRaw: isRaw, from: start)
    case .variable(let name):
      advance()
      return try node(.variable(name), from: start)
    case .referenceMark:
      advance()
      let path = try referencePath()
      return try node(.reference(path), from: start)
    case .name(let name):
      if Keyword.refusal(of: name) != nil { throw unexpected(wanted: "an expression") }
      advance()
      return try self.name(name, from: start)
    case .keyword(.true):
      advance()
      return try node(.bool(true), from: start)
    case .keyword(.false):
      advance()
      return try node(.bool(false), from: start)
    case .keyword(.none):
      advance()
      return try node(.none, from: start)
    case .symbol(.openParen): return try parenthesized()
    case .symbol(.openBracket): return try list()
    case .symbol(.openBrace): return try dictionary()
    case .symbol(.dot):
      throw mistake("… stands for nothing here", origin.span(token.start, token.end), remedy: ":")
    default: throw unexpected(wanted: "an expression")
    }
  }

  /// `__import__('monai')` is how some configs say `monai`.
  private mutating func name(_ name: String, from start: Int) throws(ParseStop) -> Expression {
    if name == "__import__", at(.openParen), case .string(let module) = token(after: 1).kind,
      case .symbol(.closeParen) = token(after: 2).kind
    {
      index += 3
      let parts = module.text.split(separator: ".").map(String.init)
      guard let first = parts.first else { throw unexpected(wanted: "a module") }
      var value = try node(.name(first), from: start)
      for part in parts.dropFirst() {
        value = try node(.attribute(value, part), from: start, over: height)
      }
      return value
    }
    return try node(.name(name), from: start)
  }

  /// The path after `@`. It goes as far as names of elements go: a section, an element, an entry of a
  /// list element. Whatever follows is an attribute, an index or a call of the object.
  private mutating func referencePath() throws(ParseStop) -> Path {
    var steps: [Path.Step] = []
    var name = try expectName("a name after @")
    steps.append(.name(name))
    if SectionElement.sections.contains(name), at(.dot),
      case .name(let element) = token(after: 1).kind
    {
      index += 2
      name = element
      steps.append(.name(element))
    }
    guard SectionElement.lists.contains(name) else { return Path(steps) }
    if at(.openBracket), let entry = literalIndex {
      index += entry.tokens
      steps.append(.index(entry.value))
    } else if at(.dot), case .name(let entry) = token(after: 1).kind {
      if case .symbol(.openParen) = token(after: 2).kind { return Path(steps) }
      index += 2
      steps.append(.name(entry))
    }
    return Path(steps)
  }

  /// `[2]` or `[-1]` at the cursor.
  private var literalIndex: (value: Int, tokens: Int)? {
    var distance = 1
    var sign = 1
    if case .symbol(.minus) = token(after: distance).kind { (distance, sign) = (2, -1) }
    guard case .int(let value, _) = token(after: distance).kind,
      case .symbol(.closeBracket) = token(after: distance + 1).kind
    else { return nil }
    return (sign * value, distance + 2)
  }

  private mutating func parenthesized() throws(ParseStop) -> Expression {
    let start = token.start
    advance()
    if accept(.closeParen) { return try node(.tuple([]), from: start) }
    var value = try expression()
    if at(.for) {
      throw mistake(
        "a comprehension stands in square brackets", origin.span(start, token.end), remedy: "[…]")
    }
    if at(.comma) {
      var items = [value]
      var tallest = height
      while accept(.comma), !at(.closeParen) {
        items.append(try expression())
        tallest = max(tallest, height)
      }
      try expect(.closeParen, wanted: ", or )")
      return try node(.tuple(items), from: start, over: tallest)
    }
    try expect(.closeParen, wanted: ", or )")
    value.span = span(from: start)
    return value
  }

  private mutating func list() throws(ParseStop) -> Expression {
    let start = token.start
    advance()
    var items: [Expression] = []
    var tallest = 0
    while !at(.closeBracket) {
      items.append(try expression())
      tallest = max(tallest, height)
      if items.count == 1, at(.for) {
        let clauses = try forClauses()
        tallest = max(tallest, height)
        try expect(.closeBracket)
        return try node(
          .comprehension(element: items[0], clauses: clauses), from: start, over: tallest)
      }
      guard accept(.comma) else { break }
    }
    try expect(.closeBracket, wanted: ", or ]")
    return try node(.list(items), from: start, over: tallest)
  }

  mutating func forClauses() throws(ParseStop) -> [ForClause] {
    var clauses: [ForClause] = []
    var tallest = 0
    while accept(.for) {
      let targets = try loopTargets()
      let iterable = try operand(.or)
      tallest = max(tallest, height)
      var clause = ForClause(targets: targets, iterable: iterable)
      while accept(.if) {
        clause.conditions.append(try operand(.or))
        tallest = max(tallest, height)
      }
      clauses.append(clause)
    }
    height = tallest
    return clauses
  }

  /// `x in` or `k, v in`, up to and with `in`.
  mutating func loopTargets() throws(ParseStop) -> [String] {
    let isParenthesized = accept(.openParen)
    var targets = [try expectName("a loop variable")]
    while accept(.comma), !at(.in), !at(.closeParen) {
      targets.append(try expectName("a loop variable"))
    }
    if isParenthesized { try expect(.closeParen) }
    guard accept(.in) else { throw unexpected(wanted: "in") }
    return targets
  }

  private mutating func dictionary() throws(ParseStop) -> Expression {
    let start = token.start
    advance()
    var entries: [DictEntry] = []
    var tallest = 0
    while !at(.closeBrace) {
      let key = try expression()
      tallest = max(tallest, height)
      guard accept(.colon) else {
        if at(.comma) || at(.closeBrace) {
          throw mistake("there are no sets here", key.span, remedy: "[…]")
        }
        throw unexpected(wanted: ":")
      }
      let value = try expression()
      tallest = max(tallest, height)
      if at(.for) {
        throw mistake(
          "a dict is not written as a comprehension here", origin.span(start, token.end),
          remedy: "dict([(k, v) for …])")
      }
      entries.append(DictEntry(key: key, value: value))
      guard accept(.comma) else { break }
    }
    try expect(.closeBrace, wanted: ", or }")
    if plainDictStart != start, let component = try component(from: entries, start: start) {
      return try node(.component(component), from: start, over: tallest)
    }
    return try node(.dict(entries), from: start, over: tallest)
  }

  /// What stands between `[` and `]`: one index, or a tuple of them.
  private mutating func subscriptIndex() throws(ParseStop) -> Expression {
    let start = token.start
    let first = try indexOrSlice()
    guard at(.comma) else { return first }
    var items = [first]
    var tallest = height
    while accept(.comma), !at(.closeBracket) {
      items.append(try indexOrSlice())
      tallest = max(tallest, height)
    }
    return try node(.tuple(items), from: start, over: tallest)
  }

  private mutating func indexOrSlice() throws(ParseStop) -> Expression {
    let start = token.start
    var parts: [Expression?] = []
    var tallest = 0
    repeat {
      if startsOperand {
        parts.append(try expression())
        tallest = max(tallest, height)
      } else {
        parts.append(nil)
      }
    } while parts.count < 3 && accept(.colon)
    if parts.count == 1 {
      guard let only = parts[0] else { throw unexpected(wanted: "an index") }
      return only
    }
    parts.append(nil)
    return try node(.slice(parts[0], parts[1], parts[2]), from: start, over: tallest)
  }
}
