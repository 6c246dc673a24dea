import Components

/// Cuts a text into tokens. It never fails: what cannot be read becomes a last `fault` token, so that
/// the parser reports whichever mistake comes first.
struct Lexer {
  let bytes: [UInt8]
  let end: Int
  var position: Int
  var tokens: [Token] = []
  /// Brackets that are open, with the offset of each.
  var brackets: [(symbol: Symbol, offset: Int)] = []
  /// Indentation of the open blocks, the outermost first.
  var indents: [Int] = []
  /// False for the text inside `{}` of an f-string, which may be spread over lines.
  let hasLines: Bool

  init(_ bytes: [UInt8], _ range: Range<Int>, hasLines: Bool) {
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
    self.hasLines = hasLines
  }

  mutating func run() {
    if hasLines, startsWith([0xEF, 0xBB, 0xBF]) { position += 3 }
    if hasLines, startsWith([0x23, 0x21]), position == 0 { skipComment() }
    if hasLines { beginLine() }
    while !isDone { readToken() }
  }

  var isDone: Bool {
    switch tokens.last?.kind {
    case .end, .fault, .openString, .openLine: true
    default: false
    }
  }

  func peek(_ distance: Int = 0) -> UInt8? {
    position + distance < end ? bytes[position + distance] : nil
  }

  func startsWith(_ prefix: [UInt8]) -> Bool { bytes[position..<end].starts(with: prefix) }

  mutating func append(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, start: start, end: position))
  }

  mutating func fail(
    _ message: String, from start: Int, to stop: Int? = nil, remedy: String? = nil,
    notes: [String] = []
  ) {
    position = stop ?? position
    let fault = Fault(.syntax, message, remedy: remedy, notes: notes)
    tokens.append(Token(kind: .fault(fault), start: start, end: max(start, position)))
  }

  mutating func skipComment() {
    while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
  }

  private mutating func readToken() {
    guard let byte = peek() else { return finish() }
    let start = position
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0C: position += 1
    case UInt8(ascii: "\n"):
      position += 1
      if brackets.isEmpty, hasLines {
        append(.newline, from: start)
        beginLine()
      } else {
        skipPrompt()
      }
    case UInt8(ascii: "#"): skipComment()
    case UInt8(ascii: "\\"): readContinuation()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): readNumber()
    case UInt8(ascii: "."):
      if let next = peek(1), isDigit(next) { readNumber() } else { readSymbol() }
    case UInt8(ascii: "\""), UInt8(ascii: "'"): readString(prefix: "", from: start)
    case UInt8(ascii: "<"): readLess()
    case UInt8(ascii: "@"):
      position += 1
      if peek() == UInt8(ascii: "=") {
        fail("there is no @= here", from: start)
      } else {
        append(expectsOperand ? .referenceMark : .symbol(.at), from: start)
      }
    default:
      if isNameStart(byte) { readWord() } else { readSymbol() }
    }
  }

  /// An operand may begin here: at the start, after an operator, an opening bracket, a comma.
  var expectsOperand: Bool {
    guard let last = tokens.last else { return true }
    if case .name("explain") = last.kind { return tokens.dropLast().last?.endsStatement ?? true }
    return last.precedesOperand
  }

  private mutating func readContinuation() {
    let start = position
    position += 1
    if peek() == UInt8(ascii: "\r") { position += 1 }
    if peek() == UInt8(ascii: "\n") {
      position += 1
      skipPrompt()
      if peek() == nil { append(.openLine, from: start) }
    } else if peek() == nil {
      append(.openLine, from: start)
    } else {
      fail("only the end of the line may follow \\", from: start)
    }
  }

  /// `<name>` in one piece is a variable where an operand may begin; elsewhere it is a mistake, since
  /// `a <b> c` would read as two comparisons.
  private mutating func readLess() {
    let start = position
    var stop = position + 1
    if stop < end, isNameStart(bytes[stop]) {
      while stop < end, isNamePart(bytes[stop]) { stop += 1 }
      if stop < end, bytes[stop] == UInt8(ascii: ">") {
        let name = String(decoding: bytes[start + 1..<stop], as: UTF8.self)
        let comparesNext = stop + 1 < end && bytes[stop + 1] == UInt8(ascii: "=")
        if expectsOperand {
          position = stop + 1
          return append(.variable(name), from: start)
        } else if !comparesNext {
          return fail(
            "a comma or an operator is missing before <\(name)>", from: start, to: stop + 1,
            remedy: ", <\(name)>", notes: ["to compare, put blanks around < and >"])
        }
      }
    }
    position += 1
    if peek() == UInt8(ascii: "=") {
      position += 1
      append(.symbol(.lessOrEqual), from: start)
    } else if peek() == UInt8(ascii: "<") {
      fail("there is no << here", from: start, to: start + 2)
    } else {
      append(.symbol(.less), from: start)
    }
  }

  private mutating func readWord() {
    let start = position
    while let byte = peek(), isNamePart(byte) { position += 1 }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    if let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      switch word {
      case "r", "R", "f", "F", "rf", "fr", "Rf", "rF", "Fr", "fR", "RF", "FR":
        return readString(prefix: word.lowercased(), from: start)
      case "b", "B", "u", "U", "br", "rb":
        return fail("strings have no prefix \(word) here", from: start)
      default: break
      }
    }
    if let bad = word.unicodeScalars.first(where: { !isAllowed($0) }) {
      return fail(refusal(of: bad), from: start)
    }
    if case .symbol(.dot) = tokens.last?.kind {
      append(.name(word), from: start)
    } else {
      append(Keyword(spelling: word).map(Token.Kind.keyword) ?? .name(word), from: start)
    }
  }

  private func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII || scalar.properties.isXIDContinue
  }

  private func refusal(of scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{00AB}", "\u{00BB}":
      return "\(scalar) is a typographic quote; write ' or \""
    case "\u{00A0}", "\u{2003}", "\u{200B}":
      return "an invisible blank that is no space stands here"
    case "\u{2013}", "\u{2014}", "\u{2212}": return "\(scalar) is a dash; write - for minus"
    default: return "\(scalar) has no meaning here"
    }
  }

  private mutating func readSymbol() {
    let start = position
    position += 1
    guard let single = Symbol(byte: bytes[start]) else {
      if bytes[start] == UInt8(ascii: "!"), peek() == UInt8(ascii: "=") {
        position += 1
        return append(.notEqual, from: start)
      }
      let isFirst = if case .newline? = tokens.last?.kind { true } else { tokens.isEmpty }
      if isFirst, bytes[start] == UInt8(ascii: "!") {
        return fail("there is no shell here", from: start)
      }
      return fail(Self.refusal(of: bytes[start]), from: start)
    }
    if let next = peek(), let double = single.joined(with: next) {
      position += 1
      return append(double, from: start)
    }
    append(single, from: start)
  }

  private mutating func append(_ symbol: Symbol, from start: Int) {
    switch symbol {
    case .openParen, .openBracket, .openBrace: brackets.append((symbol, start))
    case .closeParen, .closeBracket, .closeBrace: _ = brackets.popLast()
    case .doubleSlash, .power, .percent, .greater:
      if let next = peek(), next == UInt8(ascii: "=") || (symbol == .greater && next == 0x3E) {
        position += 1
        return fail(
          "there is no \(symbol.rawValue)\(Character(Unicode.Scalar(next))) here", from: start)
      }
    case .minus where peek() == UInt8(ascii: ">"):
      return fail("functions are written without types: def f(a, b=1):", from: start, to: start + 2)
    case .colon where peek() == UInt8(ascii: "="):
      return fail(":= is not an operator here; assign on a line of its own", from: start)
    default: break
    }
    append(.symbol(symbol), from: start)
  }

  private static func refusal(of byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "|"): "there is no | here; write or"
    case UInt8(ascii: "&"): "there is no & here; write and"
    case UInt8(ascii: "!"): "there is no ! here; write not"
    case UInt8(ascii: "^"): "there is no ^ here; ** is the power"
    case UInt8(ascii: "?"): "there is no ? here; write a if test else b"
    case UInt8(ascii: "$"): "$ expressions belong to bundles; write the expression itself"
    case 0x21..<0x7F: "\(Character(Unicode.Scalar(byte))) has no meaning here"
    default: "a control character (\(byte)) has no meaning here"
    }
  }

  func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20)
  }

  func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || isDigit(byte) }
}
