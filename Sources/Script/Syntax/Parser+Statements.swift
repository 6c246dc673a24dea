import Components

/// Statements and blocks.
extension Parser {
  mutating func statements() throws(ParseStop) -> [Statement] {
    var statements: [Statement] = []
    while true {
      switch token.kind {
      case .end: return statements
      case .newline: advance()
      case .indent:
        throw mistake(
          "this line is indented, and no line above it ended in :",
          origin.span(token.end, token.end + 1))
      default: try line(into: &statements)
      }
    }
  }

  /// One line: a block statement, or simple statements separated by `;`.
  private mutating func line(into statements: inout [Statement]) throws(ParseStop) {
    if let block = try blockStatement() {
      statements.append(block)
      return
    }
    while true {
      if accept(.pass) {} else { statements.append(try simpleStatement()) }
      if accept(.semicolon) {
        if !statements.isEmpty { statements[statements.count - 1].isSilent = true }
        switch token.kind {
        case .newline, .end, .dedent: break
        default:
          if !statements.isEmpty { statements[statements.count - 1].isSilent = false }
          continue
        }
      }
      switch token.kind {
      case .newline:
        advance()
        return
      case .end, .dedent: return
      default: throw unexpected(wanted: "the end of the line")
      }
    }
  }

  // MARK: Blocks

  private mutating func blockStatement() throws(ParseStop) -> Statement? {
    let start = token.start
    switch token.kind {
    case .keyword(.if): return try conditional(from: start)
    case .keyword(.for):
      advance()
      let targets = try loopTargets()
      let iterable = try tupleOrExpression()
      let body = try block(of: "for", from: start)
      return statement(.loop(targets: targets, iterable: iterable, body: body), from: start)
    case .keyword(.def): return try definition(from: start)
    case .keyword(.elif), .keyword(.else):
      throw mistake(
        "\(token.text) belongs to no if above it", origin.span(start, token.end))
    case .name(let name) where SectionElement.sections.contains(name):
      guard case .symbol(.colon) = token(after: 1).kind else { return nil }
      advance()
      let body = try block(of: name, from: start)
      return statement(.section(name, body), from: start)
    default: return nil
    }
  }

  private mutating func conditional(from start: Int) throws(ParseStop) -> Statement {
    var branches: [(test: Expression, body: [Statement])] = []
    var otherwise: [Statement] = []
    repeat {
      let keyword = token.text
      advance()
      let test = try expression()
      branches.append((test, try block(of: keyword, from: start)))
    } while at(.elif)
    if at(.else) {
      let elseStart = token.start
      advance()
      if at(.if) {
        throw mistake("else if is one word here", span(from: elseStart), remedy: "elif …:")
      }
      otherwise = try block(of: "else", from: elseStart)
    }
    return statement(.conditional(branches, otherwise: otherwise), from: start)
  }

  private mutating func definition(from start: Int) throws(ParseStop) -> Statement {
    advance()
    let name = try expectName("the name of the function")
    try expect(.openParen)
    let parameters = try parameters(until: .closeParen)
    try expect(.closeParen)
    let body = try block(of: "def", from: start)
    return statement(.definition(name: name, parameters: parameters, body: body), from: start)
  }

  /// `: statement` on the same line, or the indented lines below.
  private mutating func block(
    of keyword: String, from start: Int
  ) throws(ParseStop) -> [Statement] {
    try enter()
    defer { depth -= 1 }
    try expect(.colon)
    var body: [Statement] = []
    guard case .newline = token.kind else {
      try line(into: &body)
      return body
    }
    while case .newline = token.kind { advance() }
    guard case .indent = token.kind else {
      let header = span(from: start)
      if case .end = token.kind { throw incomplete(.block(keyword), header) }
      throw mistake("an indented line is missing after this :", header)
    }
    advance()
    while true {
      switch token.kind {
      case .dedent:
        let isLast = isAtEndAfterDedents
        advance()
        if isLast, isPrompt, !endsWithNewline {
          throw incomplete(.block(keyword), span(from: start))
        }
        return body
      case .newline: advance()
      case .end: return body
      case .indent:
        throw mistake(
          "this line is indented, and no line above it ended in :",
          origin.span(token.end, token.end + 1))
      default: try line(into: &body)
      }
    }
  }

  private var isAtEndAfterDedents: Bool {
    var distance = 0
    while case .dedent = token(after: distance).kind { distance += 1 }
    if case .end = token(after: distance).kind { return true }
    return false
  }

  // MARK: Simple statements

  private func statement(_ form: Statement.Form, from start: Int) -> Statement {
    Statement(form, span(from: start))
  }

  private mutating func simpleStatement() throws(ParseStop) -> Statement {
    let start = token.start
    switch token.kind {
    case .keyword(.assert):
      advance()
      let test = try expression()
      let message = accept(.comma) ? try expression() : nil
      return statement(.assertion(test, message: message), from: start)
    case .keyword(.return):
      advance()
      let value = startsOperand ? try tupleOrExpression() : nil
      return statement(.returning(value), from: start)
    case .keyword(.del):
      advance()
      let value = try expression()
      return statement(.delete(try target(value)), from: start)
    case .string(let literal):
      if case .symbol(.colon) = token(after: 1).kind { return try pasted(literal, from: start) }
    case .name("explain") where token(after: 1).beginsExplained(after: token):
      return try explanation(from: start)
    case .name(let name):
      if let refusal = Keyword.refusal(of: name) {
        throw mistake(refusal.message, origin.span(start, token.end), remedy: refusal.remedy)
      }
    default: break
    }
    let value = try tupleOrExpression()
    if accept(.assign) {
      let right = try tupleOrExpression()
      let target = try target(value, gets: right)
      if at(.assign) {
        throw mistake("one name is assigned at a time", origin.span(token.start, token.end))
      }
      return statement(.assignment(target, right), from: start)
    }
    if let operation = updateOperator {
      let target = try target(value)
      if case .names = target {
        throw mistake("one name is updated at a time", value.span)
      }
      advance()
      return statement(.update(target, operation, try tupleOrExpression()), from: start)
    }
    if case .name(let name) = value.form, at(.colon) {
      throw mistake(
        "names have no types here", origin.span(start, token.end), remedy: "\(name) = …")
    }
    if case .dict(let entries) = value.form, entries.isConfiguration {
      return statement(.configuration(value), from: start)
    }
    return statement(.expression(value), from: start)
  }

  /// `explain @optimizer` is `explain(@optimizer)`.
  private mutating func explanation(from start: Int) throws(ParseStop) -> Statement {
    let name = Expression(.name("explain"), origin.span(token.start, token.end))
    advance()
    let subject = try tupleOrExpression()
    let call = try node(.call(name, [CallArgument(value: subject)]), from: start, over: height)
    return statement(.expression(call), from: start)
  }

  private var updateOperator: BinaryOperator? {
    switch token.kind {
    case .symbol(.addAssign): .add
    case .symbol(.subtractAssign): .subtract
    case .symbol(.multiplyAssign): .multiply
    case .symbol(.divideAssign): .divide
    default: nil
    }
  }

  /// A line out of a config, `"loss": {…},`, binds that name; a whole section opens it.
  private mutating func pasted(
    _ literal: StringLiteral, from start: Int
  ) throws(ParseStop) -> Statement {
    let name = literal.text
    advance()
    let nameSpan = span(from: start)
    guard name.isIdentifier else {
      throw mistake("\(name.quoted) is not a name", nameSpan, remedy: "name = …")
    }
    advance()
    let value = try expression()
    let result: Statement.Form
    if SectionElement.sections.contains(name), case .dict(let entries) = value.form {
      var body: [Statement] = []
      for entry in entries {
        guard let key = entry.keyText, key.isIdentifier else {
          throw mistake("this is not a name", entry.key.span)
        }
        let span = Span(origin.source, entry.key.span.start, entry.value.span.end)
        let target = Statement.Target.path(Path([.name(key)]), entry.key.span)
        body.append(Statement(.assignment(target, entry.value), span))
      }
      result = .section(name, body)
    } else {
      result = .assignment(.path(Path([.name(name)]), nameSpan), value)
    }
    let statement = statement(result, from: start)
    if accept(.comma), case .string = token.kind {
      throw mistake(
        "one entry of a config stands on a line", origin.span(token.start, token.end))
    }
    return statement
  }

  // MARK: Targets

  /// What stands left of `=`: a path, or names to unpack into.
  private func target(
    _ value: Expression, gets right: Expression? = nil
  ) throws(ParseStop) -> Statement.Target {
    if case .tuple(let items) = value.form {
      var names: [String] = []
      for item in items {
        guard case .name(let name) = item.form else {
          throw mistake("only names are unpacked into", item.span, wanted: "a, b = …")
        }
        names.append(name)
      }
      if !names.isEmpty { return .names(names, value.span) }
    }
    if let path = value.literalPath { return .path(path, value.span) }
    var root = value
    while true {
      switch root.form {
      case .attribute(let base, _), .index(let base, _):
        root = base
        continue
      case .reference:
        throw mistake(
          "a built object is not assigned to; change its declaration", value.span,
          remedy: Printer(names: names).text(value.withoutReference)
            + (right.map { " = " + Printer(names: names).text($0) } ?? ""))
      case .name:
        if case .index = value.form { return .element(value, value.span) }
        if case .attribute = value.form { return .element(value, value.span) }
      case .variable(let name):
        throw mistake("<\(name)> is read-only", value.span, remedy: name)
      default: break
      }
      throw mistake("nothing can be assigned to this", value.span)
    }
  }
}

extension Token {
  /// Begins an operand after the word `explain`; only `explain(x)` in one piece is a call.
  fileprivate func beginsExplained(after word: Token) -> Bool {
    switch kind {
    case .name, .int, .double, .string, .formatted, .variable, .referenceMark: true
    case .keyword(let keyword): [.not, .true, .false, .none, .lambda].contains(keyword)
    case .symbol(.openParen): start > word.end
    case .symbol(let symbol): [.openBrace, .openBracket, .minus].contains(symbol)
    default: false
    }
  }
}

extension [DictEntry] {
  /// A whole config: it has a section, or two elements, as validation configs have them at the top.
  fileprivate var isConfiguration: Bool {
    func hasParts(_ value: Expression) -> Bool {
      switch value.form {
      case .dict, .list, .component: true
      default: false
      }
    }
    let keys = filter { hasParts($0.value) }.compactMap(\.keyText)
    return keys.contains(where: SectionElement.sections.contains)
      || keys.count(where: SectionElement.names.contains) > 1
  }
}

extension String {
  /// Could stand as a name in the language.
  public var isIdentifier: Bool {
    guard Keyword(spelling: self) == nil, let first = unicodeScalars.first else { return false }
    return (first == "_" || first.properties.isXIDStart)
      && unicodeScalars.allSatisfy { $0.properties.isXIDContinue }
  }
}

extension Expression {
  /// `train.handlers[2].rank`, `runs["a"]`: a path whose every step is written out.
  public var literalPath: Path? {
    var steps: [Path.Step] = []
    var current = self
    while true {
      switch current.form {
      case .name(let name):
        steps.append(.name(name))
        return Path(steps.reversed())
      case .attribute(let base, let name):
        steps.append(.name(name))
        current = base
      case .index(let base, let index):
        switch index.form {
        case .int(let number, _): steps.append(.index(number))
        case .string(let key, _): steps.append(.key(key))
        default: return nil
        }
        current = base
      default: return nil
      }
    }
  }

  /// `@optimizer.lr` as the declaration `optimizer.lr`.
  var withoutReference: Expression {
    var result = self
    switch form {
    case .attribute(let base, let name): result.form = .attribute(base.withoutReference, name)
    case .index(let base, let index): result.form = .index(base.withoutReference, index)
    case .reference(let path): result.form = .name(path.description)
    default: break
    }
    return result
  }
}
