import Components

/// Reads the tokens around a cursor backwards, the way an eye does.
struct CursorReader {
  private typealias Chain = CursorContext.Chain

  private let bytes: [UInt8]
  private let cursor: Int
  /// The tokens that end at or before the cursor.
  private let tokens: [Token]
  /// Brackets open at the cursor, as indices into `tokens`, the innermost last.
  private let open: [Int]
  /// A string that the cursor stands in: the offset behind its quote, and the quote.
  private let openString: (body: Int, quote: String)?
  private let isInComment: Bool

  init(_ bytes: [UInt8], cursor: Int) {
    (self.bytes, self.cursor) = (bytes, cursor)
    var tokens = Self.tokens(of: bytes, 0..<cursor)
    var string: (Int, String)?
    if let last = tokens.last, let found = Self.unclosedString(last, bytes) {
      string = found
      tokens.removeLast()
    }
    self.tokens = tokens
    openString = string
    open = Self.openBrackets(in: tokens)
    let end = tokens.last?.end ?? 0
    isInComment = string == nil && bytes[end..<cursor].contains(UInt8(ascii: "#"))
  }

  /// A mistake ends the tokens; those of the lines after it are read all the same.
  private static func tokens(of bytes: [UInt8], _ range: Range<Int>) -> [Token] {
    var result: [Token] = []
    var start = range.lowerBound
    while start < range.upperBound {
      var lexer = Lexer(bytes, start..<range.upperBound, hasLines: true)
      lexer.run()
      result += lexer.tokens.filter { $0.end > $0.start || $0.isStop }
      guard let last = result.last, case .fault = last.kind,
        let newline = bytes[last.start..<range.upperBound].firstIndex(of: UInt8(ascii: "\n"))
      else { break }
      result.removeLast()
      start = newline + 1
    }
    return result
  }

  private static func unclosedString(_ token: Token, _ bytes: [UInt8]) -> (Int, String)? {
    guard token.isStop else { return nil }
    var position = token.start
    while position < token.end, position < token.start + 2, bytes[position] | 0x20 > 0x60 {
      position += 1
    }
    guard position < bytes.count else { return nil }
    let quote = bytes[position]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    let mark = String(Character(Unicode.Scalar(quote)))
    if case .openString = token.kind { return (position + 3, mark + mark + mark) }
    // A fault inside a string that is closed is something else.
    return bytes[(position + 1)..<token.end].contains(quote) ? nil : (position + 1, mark)
  }

  private static func openBrackets(in tokens: [Token]) -> [Int] {
    var open: [Int] = []
    for (index, token) in tokens.enumerated() {
      guard case .symbol(let symbol) = token.kind else { continue }
      if symbol.isOpener { open.append(index) }
      if symbol.isCloser { _ = open.popLast() }
    }
    return open
  }

  // MARK: What is typed

  var subject: (CursorContext.Subject, start: Int) {
    if isInComment { return (.nothing, cursor) }
    if let openString {
      let typed = text(from: openString.body)
      if let chain = indexedChain {
        return (.key(of: chain, typed, quote: openString.quote), openString.body)
      }
      return (.string(typed, quote: openString.quote), openString.body)
    }
    guard let last = tokens.last, last.end == cursor else { return (.word(""), cursor) }
    switch last.kind {
    case .name, .keyword: return word(startingAt: tokens.count - 1)
    case .symbol(.dot), .referenceMark, .symbol(.less): return word(startingAt: tokens.count)
    case .int, .double, .fault: return (.nothing, cursor)
    default: return (.word(""), cursor)
    }
  }

  /// The word whose token has this index, or the empty one that begins there.
  private func word(startingAt index: Int) -> (CursorContext.Subject, start: Int) {
    let start = index < tokens.count ? tokens[index].start : cursor
    let typed = text(from: start)
    guard let mark = token(index - 1) else { return (.word(typed), start) }
    switch mark.kind {
    case .symbol(.dot):
      guard let chain = chain(endingAt: index - 2) else { return (.nothing, cursor) }
      return (.member(of: chain, typed), start)
    case .referenceMark where mark.end == start: return (.reference(typed), start)
    case .symbol(.less) where mark.end == start && token(index - 2)?.precedesOperand ?? true:
      return (.variable(typed), start)
    default: return (.word(typed), start)
    }
  }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<cursor], as: UTF8.self)
  }

  private func token(_ index: Int) -> Token? {
    tokens.indices.contains(index) ? tokens[index] : nil
  }

  // MARK: Chains

  /// What the bracket right before the cursor indexes.
  private var indexedChain: Chain? {
    guard let bracket = open.last, bracket == tokens.count - 1,
      case .symbol(.openBracket) = tokens[bracket].kind
    else { return nil }
    return chain(endingAt: bracket - 1)
  }

  /// The operand whose last token this is, with what it is reached by; nil for the value of a call.
  private func chain(endingAt index: Int) -> Chain? {
    var steps: [Path.Step] = []
    var index = index
    while let token = token(index) {
      switch token.kind {
      case .name(let name):
        if case .symbol(.dot)? = self.token(index - 1)?.kind {
          steps.append(.name(name))
          index -= 2
          continue
        }
        if case .referenceMark? = self.token(index - 1)?.kind {
          return Chain(.reference(name), steps.reversed())
        }
        return Chain(.name(name), steps.reversed())
      case .variable(let name): return Chain(.name(name), steps.reversed())
      case .string, .formatted: return Chain(.literal("string"), steps.reversed())
      case .symbol(.closeBrace): return Chain(.literal("dict"), steps.reversed())
      case .symbol(.closeBracket):
        guard let start = opening(of: index) else { return nil }
        guard self.token(start - 1)?.endsOperand == true else {
          return Chain(.literal("list"), steps.reversed())
        }
        guard let step = step(in: start + 1..<index) else { return nil }
        steps.append(step)
        index = start - 1
      default: return nil
      }
    }
    return nil
  }

  /// `[2]`, `[-1]`, `["image"]`
  private func step(in range: Range<Int>) -> Path.Step? {
    switch (range.count, tokens[range.lowerBound].kind, tokens[range.upperBound - 1].kind) {
    case (1, .int(let number, _), _): .index(number)
    case (1, .string(let literal), _): .key(literal.text)
    case (2, .symbol(.minus), .int(let number, _)): .index(-number)
    default: nil
    }
  }

  private func opening(of closer: Int) -> Int? {
    var depth = 0
    for index in stride(from: closer, through: 0, by: -1) {
      guard case .symbol(let symbol) = tokens[index].kind else { continue }
      if symbol.isCloser { depth += 1 }
      if symbol.isOpener { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  // MARK: Calls

  func call(for subject: CursorContext.Subject) -> CursorContext.Call? {
    if case .nothing = subject { return nil }
    for (level, bracket) in open.enumerated().reversed() {
      let depth = open.count - 1 - level
      switch tokens[bracket].kind {
      case .symbol(.openParen):
        guard let callee = chain(endingAt: bracket - 1) else { continue }
        return call(callee, openedAt: bracket, depth)
      case .symbol(.openBrace):
        if let call = component(openedAt: level, depth) { return call }
      case .symbol(.openBracket):
        // An index is an expression of its own.
        if token(bracket - 1)?.endsOperand == true { return nil }
      default: break
      }
    }
    return nil
  }

  private func call(_ callee: Chain, openedAt bracket: Int, _ depth: Int) -> CursorContext.Call {
    let segments = segments(after: bracket)
    var written = Set(segments.dropLast().compactMap { name(of: $0, before: .assign) })
    let current = segments.last ?? tokens.count..<tokens.count
    let argument = name(of: current, before: .assign)
    written.formUnion(namesRightOfCursor(depth, mark: .assign))
    return CursorContext.Call(
      callee: callee, written: written,
      positional: segments.dropLast().count { name(of: $0, before: .assign) == nil },
      argument: argument,
      isArgumentStart: argument == nil && depth == 0 && isTypedOnly(current), isJSON: false,
      depth: depth)
  }

  /// `"args": {` of a JSON object that has a `name`, or a bundle's object with `_target_`.
  private func component(openedAt level: Int, _ depth: Int) -> CursorContext.Call? {
    let bracket = open[level]
    var callee = text(of: "_target_", in: segments(after: bracket))
    if callee == nil, level > 0, case .symbol(.openBrace) = tokens[open[level - 1]].kind {
      let outer = segments(after: open[level - 1])
      guard let last = outer.last, name(of: last, before: .colon) == "args" else { return nil }
      callee = text(of: "name", in: outer) ?? text(of: "path", in: outer)
    }
    guard let callee else { return nil }
    let segments = segments(after: bracket)
    let current = segments.last ?? tokens.count..<tokens.count
    let argument = name(of: current, before: .colon)
    let class_ = callee.prefix { $0 != "#" }
    return CursorContext.Call(
      callee: Chain(.name(String(class_))),
      written: Set(segments.dropLast().compactMap { name(of: $0, before: .colon) })
        .union(namesRightOfCursor(depth, mark: .colon)),
      positional: 0, argument: argument,
      isArgumentStart: argument == nil && depth == 0 && current.isEmpty, isJSON: true, depth: depth)
  }

  /// The token ranges between the commas of a bracket, the one at the cursor last.
  private func segments(after bracket: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = bracket + 1
    var depth = 0
    for index in (bracket + 1)..<max(tokens.count, bracket + 1) {
      guard case .symbol(let symbol) = tokens[index].kind else { continue }
      if symbol.isOpener { depth += 1 }
      if symbol.isCloser { depth -= 1 }
      if symbol == .comma, depth == 0 {
        result.append(start..<index)
        start = index + 1
      }
    }
    return result + [start..<max(tokens.count, start)]
  }

  /// The name in front of `=`, or the text in front of `:`.
  private func name(of segment: Range<Int>, before mark: Symbol) -> String? {
    guard segment.count >= 2, case .symbol(mark) = tokens[segment.lowerBound + 1].kind else {
      return nil
    }
    switch tokens[segment.lowerBound].kind {
    case .name(let name): return name
    case .string(let literal) where mark == .colon: return literal.text
    default: return nil
    }
  }

  /// The text under a key of a JSON object.
  private func text(of key: String, in segments: [Range<Int>]) -> String? {
    for segment in segments where segment.count == 3 && name(of: segment, before: .colon) == key {
      if case .string(let literal) = tokens[segment.upperBound - 1].kind { return literal.text }
    }
    return nil
  }

  private func isTypedOnly(_ segment: Range<Int>) -> Bool {
    if segment.isEmpty { return true }
    guard segment.count == 1, openString == nil, tokens[segment.lowerBound].end == cursor else {
      return false
    }
    switch tokens[segment.lowerBound].kind {
    case .name, .keyword: return true
    default: return false
    }
  }

  /// Arguments that follow the cursor in the bracket `depth` levels out.
  private func namesRightOfCursor(_ depth: Int, mark: Symbol) -> [String] {
    var start = cursor
    if openString != nil {
      let line = bytes[cursor...].prefix { $0 != UInt8(ascii: "\n") }
      guard let quote = line.firstIndex(where: { $0 == 0x22 || $0 == 0x27 }) else { return [] }
      start = quote + 1
    }
    var lexer = Lexer(bytes, start..<bytes.count, hasLines: false)
    lexer.run()
    var names: [String] = []
    var level = depth
    for (index, token) in lexer.tokens.enumerated() {
      if case .symbol(let symbol) = token.kind {
        if symbol.isOpener { level += 1 }
        if symbol.isCloser { level -= 1 }
        if level < 0 { break }
        continue
      }
      guard level == 0, index + 1 < lexer.tokens.count,
        case .symbol(mark) = lexer.tokens[index + 1].kind
      else { continue }
      if case .name(let name) = token.kind { names.append(name) }
      if case .string(let literal) = token.kind { names.append(literal.text) }
    }
    return names
  }

  // MARK: Sections

  /// Of `train.x = …`, `validate: …`, or a bare element.
  var section: Section? {
    var block: Section?
    var statement: Section?
    var depth = 0
    var isLineStart = true
    for (index, token) in tokens.enumerated() {
      switch token.kind {
      case .newline, .symbol(.semicolon):
        if depth == 0 { (isLineStart, statement) = (true, nil) }
        continue
      case .dedent: block = nil
      case .symbol(let symbol):
        if symbol.isOpener { depth += 1 }
        if symbol.isCloser { depth -= 1 }
      case .name(let name) where isLineStart && depth == 0:
        let named = Section(rawValue: name).flatMap { $0 == .top ? nil : $0 }
        switch (named, self.token(index + 1)?.kind) {
        case (let named?, .symbol(.colon)?): block = named
        case (let named?, .symbol(.dot)?): statement = named
        case (nil, .symbol(.assign)?) where Section.home(of: name) != .top:
          statement = Section.home(of: name)
        default: break
        }
      default: break
      }
      if case .indent = token.kind { continue }
      if case .dedent = token.kind { continue }
      isLineStart = false
    }
    return statement ?? block
  }
}

extension Token {
  /// Nothing sensible was read from here on.
  fileprivate var isStop: Bool {
    switch kind {
    case .fault, .openString: true
    default: false
    }
  }

  /// An index or an attribute may follow.
  fileprivate var endsOperand: Bool {
    switch kind {
    case .name, .string, .formatted, .variable: true
    case .symbol(let symbol): symbol.isCloser
    default: false
    }
  }
}

extension Symbol {
  fileprivate var isOpener: Bool {
    self == .openParen || self == .openBracket || self == .openBrace
  }
}
