import Components

/// Reads Étude into trees: recursive descent over tokens, with bounds on nesting so that no text, however
/// hostile, overflows the stack here or in whatever walks the tree later.
public struct Parser {
  /// Brackets and blocks inside each other.
  public static let maximumDepth = 200
  /// Levels of one tree, counting chains such as `a + b + c` and `a.b.c` too.
  public static let maximumHeight = 400

  let bytes: [UInt8]
  let tokens: [Token]
  let openBracket: (symbol: Symbol, offset: Int)?
  let endsWithNewline: Bool
  let origin: TextOrigin
  let sources: SourceStore
  let names: ComponentNames
  var index = 0
  var depth = 0
  /// Height of the tree read last.
  var height = 0
  /// Where the `{` of `dict({…})` stands: that dict is never a component.
  var plainDictStart: Int?
  /// At the prompt an indented block is closed by an empty line, not by the end of the text.
  var isPrompt = false

  init(
    _ bytes: [UInt8], _ range: Range<Int>, hasLines: Bool, origin: TextOrigin, sources: SourceStore,
    names: ComponentNames, depth: Int = 0
  ) {
    var lexer = Lexer(bytes, range, hasLines: hasLines)
    lexer.run()
    (self.bytes, tokens, openBracket) = (bytes, lexer.tokens, lexer.brackets.last)
    (self.origin, self.sources, self.names, self.depth) = (origin, sources, names, depth)
    endsWithNewline = Self.endsWithEmptyLine(bytes[range])
  }

  private static func endsWithEmptyLine(_ bytes: ArraySlice<UInt8>) -> Bool {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0D]
    return bytes.last { !blanks.contains($0) } == UInt8(ascii: "\n")
  }

  // MARK: Entry points

  /// Reads a whole source: a script, a cell, a command line.
  ///
  /// - Parameter range: the byte range of a cell within its script; nil for all of the source.
  public static func script(
    _ source: SourceID, in sources: SourceStore, range: Range<Int>? = nil,
    names: ComponentNames = .none
  ) throws(Fault) -> [Statement] {
    var parser = Parser(source, sources, range, names)
    do throws(ParseStop) { return try parser.statements() } catch { throw error.fault }
  }

  /// Reads what was typed at the prompt: its lines joined by newlines, without one after the last. An
  /// indented block is complete once an empty line follows it.
  public static func input(
    _ source: SourceID, in sources: SourceStore, range: Range<Int>? = nil,
    names: ComponentNames = .none
  ) -> ParseOutcome {
    var parser = Parser(source, sources, range, names)
    parser.isPrompt = true
    do throws(ParseStop) {
      return .statements(try parser.statements())
    } catch {
      switch error {
      case .fault(let fault): return .fault(fault)
      case .incomplete(let incomplete): return .incomplete(incomplete)
      }
    }
  }

  /// Reads one expression, such as the text after `#` in a config string or a whole `lambda …`.
  ///
  /// Escapes are none of its business: `text` is what the JSON string means. Where the string held no
  /// escape, `origin` is the offset of its first byte in the file; where it did, `origin.offsets` maps
  /// each decoded byte to the file, so that an error still points at the right column.
  public static func expression(
    _ text: String, at origin: TextOrigin, in sources: SourceStore, names: ComponentNames = .none
  ) throws(Fault) -> Expression {
    let bytes = Array(text.utf8)
    var parser = Parser(
      bytes, 0..<bytes.count, hasLines: false, origin: origin, sources: sources, names: names)
    do throws(ParseStop) { return try parser.wholeExpression() } catch { throw error.fault }
  }

  private init(
    _ source: SourceID, _ sources: SourceStore, _ range: Range<Int>?, _ names: ComponentNames
  ) {
    let bytes = Array(sources[source].text.utf8)
    self.init(
      bytes, range?.clamped(to: 0..<bytes.count) ?? 0..<bytes.count, hasLines: true,
      origin: TextOrigin(source), sources: sources, names: names)
  }

  mutating func wholeExpression() throws(ParseStop) -> Expression {
    let value = try tupleOrExpression()
    if case .end = token.kind { return value }
    throw unexpected(wanted: "the end of the expression")
  }

  // MARK: The cursor

  /// The token at the cursor; the last token is repeated for ever.
  var token: Token { tokens[min(index, tokens.count - 1)] }

  func token(after distance: Int) -> Token { tokens[min(index + distance, tokens.count - 1)] }

  mutating func advance() { if index < tokens.count { index += 1 } }

  func at(_ symbol: Symbol) -> Bool {
    if case .symbol(symbol) = token.kind { true } else { false }
  }

  func at(_ keyword: Keyword) -> Bool {
    if case .keyword(keyword) = token.kind { true } else { false }
  }

  mutating func accept(_ symbol: Symbol) -> Bool {
    guard at(symbol) else { return false }
    advance()
    return true
  }

  mutating func accept(_ keyword: Keyword) -> Bool {
    guard at(keyword) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Symbol, wanted: String? = nil) throws(ParseStop) {
    guard accept(symbol) else { throw unexpected(wanted: wanted ?? symbol.rawValue) }
  }

  mutating func expectName(_ wanted: String) throws(ParseStop) -> String {
    guard case .name(let name) = token.kind else { throw unexpected(wanted: wanted) }
    advance()
    return name
  }

  /// From the start of a token to the end of the last one read.
  func span(from start: Int) -> Span {
    origin.span(start, max(start, index > 0 ? tokens[index - 1].end : start))
  }

  // MARK: Bounds

  mutating func enter() throws(ParseStop) {
    depth += 1
    if depth > Self.maximumDepth { throw tooDeep(span: origin.span(token.start, token.end)) }
  }

  /// Makes a node over children of which the tallest is `tallest`.
  mutating func node(
    _ form: Expression.Form, from start: Int, over tallest: Int = 0
  ) throws(ParseStop) -> Expression {
    height = tallest + 1
    if height > Self.maximumHeight { throw tooDeep(span: span(from: start)) }
    return Expression(form, span(from: start))
  }

  private func tooDeep(span: Span) -> ParseStop {
    .fault(
      Fault(
        .limit, "this is nested more than \(Self.maximumDepth) levels deep",
        place: sources.place(span), notes: ["give a part of it a name on a line of its own"]))
  }

  // MARK: Mistakes

  func mistake(
    _ message: String, _ span: Span, remedy: String? = nil, wanted: String? = nil,
    suggestion: String? = nil
  ) -> ParseStop {
    .fault(
      Fault(
        .syntax, message, wanted: wanted, suggestion: suggestion, remedy: remedy,
        place: sources.place(span)))
  }

  /// The token at the cursor cannot stand here.
  func unexpected(wanted: String) -> ParseStop {
    let token = token
    let span = origin.span(token.start, token.end)
    switch token.kind {
    case .fault(let fault): return .fault(fault.at(sources.place(span)))
    case .openString: return incomplete(.tripleQuote, span)
    case .openLine: return incomplete(.continuation, span)
    case .end:
      if let openBracket {
        return incomplete(
          .bracket(openBracket.symbol.rawValue),
          origin.span(openBracket.offset, openBracket.offset + 1))
      }
    default: break
    }
    if let bracket = forgottenBracket {
      return mistake(
        "this \(bracket.text) is never closed", origin.span(bracket.start, bracket.end))
    }
    var fault = Fault(
      .syntax, "\(token.text) cannot stand here", wanted: wanted, place: sources.place(span))
    switch token.kind {
    case .newline, .end, .dedent:
      fault.message = "the line ends too early"
      if let sign = doubledSign {
        (fault.message, fault.wanted) = ("there is no \(sign)\(sign) here", nil)
        fault.remedy = "x \(sign)= 1"
      }
    case _ where isPrintStatement:
      (fault.message, fault.remedy) = ("print is a function", "print(…)")
    case .symbol(.assign):
      (fault.message, fault.remedy) = ("= does not compare", "==")
    case .string:
      if index > 0, case .string = tokens[index - 1].kind {
        fault.message = "two strings stand side by side"
        fault.wanted = "a comma or +"
      }
    case .name(let name):
      if let refusal = Keyword.refusal(of: name) {
        (fault.message, fault.wanted, fault.remedy) = (refusal.message, nil, refusal.remedy)
      }
    default: break
    }
    return .fault(fault)
  }

  /// `x++`: the sign, when the last two tokens are one twice, side by side.
  private var doubledSign: String? {
    guard index > 1, case .symbol(let last) = tokens[index - 1].kind,
      case .symbol(last) = tokens[index - 2].kind, last == .plus || last == .minus,
      tokens[index - 2].end == tokens[index - 1].start
    else { return nil }
    return last.rawValue
  }

  /// `print x`
  private var isPrintStatement: Bool {
    guard index > 0, case .name("print") = tokens[index - 1].kind else { return false }
    return startsOperand
  }

  /// The bracket that is open where a new line begins with what cannot go on the last one: a name, or a
  /// name and `=`.
  private var forgottenBracket: Token? {
    var first = min(index, tokens.count - 1)
    if at(.assign), first > 0 { first -= 1 }
    guard first > 0, case .name = tokens[first].kind,
      bytes[tokens[first - 1].end..<tokens[first].start].contains(UInt8(ascii: "\n"))
    else { return nil }
    var closed = 0
    for token in tokens[..<first].reversed() {
      guard case .symbol(let symbol) = token.kind else { continue }
      if symbol.isCloser { closed += 1 }
      if [.openParen, .openBracket, .openBrace].contains(symbol) {
        if closed == 0 { return token }
        closed -= 1
      }
    }
    return nil
  }

  func incomplete(_ opening: Incomplete.Opening, _ span: Span) -> ParseStop {
    .incomplete(Incomplete(opening: opening, span: span, place: sources.place(span)))
  }
}
