import Components

/// The words of JSON: blanks, strings, numbers, literals.
extension JSONReader {
  var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// The character at the current place, for messages.
  var character: String { shown(offset, offset + 1) }

  func shown(_ start: Int, _ end: Int) -> String {
    var last = min(end, start + 40, bytes.count)
    while last < bytes.count, bytes[last] & 0xC0 == 0x80 { last += 1 }
    return String(decoding: bytes[min(start, last)..<last], as: UTF8.self)
  }

  /// Blanks, and comments, which are reported.
  mutating func skipBlanks() {
    while let byte = peek {
      switch byte {
      case .space, .tab, .newline, .carriageReturn: offset += 1
      case UInt8(ascii: "/") where next == UInt8(ascii: "/"), UInt8(ascii: "#"):
        let start = offset
        while let byte = peek, byte != .newline { offset += 1 }
        comment(start)
      case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
        let start = offset
        offset += 2
        while offset < bytes.count, !(peek == UInt8(ascii: "*") && next == UInt8(ascii: "/")) {
          offset += 1
        }
        offset = min(offset + 2, bytes.count)
        comment(start)
      case 0xC2 where next == 0xA0:  // no-break space, from web pages
        error("a no-break space is not a blank in JSON", at: offset, remedy: "type a plain blank")
        offset += 2
      default: return
      }
    }
  }

  private var next: UInt8? { offset + 1 < bytes.count ? bytes[offset + 1] : nil }

  private mutating func comment(_ start: Int) {
    error(
      "JSON has no comments", at: start, to: offset, got: shown(start, offset), remedy: "delete it")
  }

  mutating func readString() -> String {
    let start = offset + 1
    var end = start
    while end < bytes.count, bytes[end] != .quote, bytes[end] != .backslash, bytes[end] >= 0x20 {
      end += 1
    }
    if end < bytes.count, bytes[end] == .quote {
      offset = end + 1
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
    return readQuoted(by: .quote)
  }

  /// A string with escapes or mistakes in it, up to `quote` or the end of the line.
  mutating func readQuoted(by quote: UInt8) -> String {
    let start = offset
    var text: [UInt8] = []
    offset += 1
    while let byte = peek {
      switch byte {
      case quote:
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case .backslash: readEscape(into: &text)
      case .newline, .carriageReturn: return unclosed(start, text)
      case 0..<0x20:
        error(
          "a control character stands in a string", at: offset, got: byte == .tab ? "a tab" : nil,
          remedy: byte == .tab ? "write \\t" : "delete it")
        text.append(byte)
        offset += 1
      default:
        text.append(byte)
        offset += 1
      }
    }
    return unclosed(start, text)
  }

  /// Gives back what ends the line after the text: `"name": "Adam,` means `"Adam",`.
  private mutating func unclosed(_ start: Int, _ text: [UInt8]) -> String {
    error("this string is not closed on its line", at: start, to: offset, wanted: "\"")
    var text = text
    while let last = text.last, last == .space || last == .comma {
      text.removeLast()
      offset -= 1
      if last == .comma { break }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func readEscape(into text: inout [UInt8]) {
    let start = offset
    offset += 1
    guard let byte = peek else { return }
    offset += 1
    switch byte {
    case .quote, .backslash, UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(.newline)
    case UInt8(ascii: "r"): text.append(.carriageReturn)
    case UInt8(ascii: "t"): text.append(.tab)
    case UInt8(ascii: "u"):
      guard let scalar = readUnicodeEscape(start) else { return }
      text += Array(String(Character(scalar)).utf8)
    default:
      error(
        "JSON has no such escape", at: start, to: offset, got: shown(start, offset),
        remedy: "\\\\" + shown(start + 1, offset))
      text += [.backslash, byte]
    }
  }

  private mutating func readUnicodeEscape(_ start: Int) -> UnicodeScalar? {
    guard let high = readHex() else {
      error("\\u is followed by four hex digits", at: start, to: offset, got: shown(start, offset))
      return nil
    }
    if let scalar = UnicodeScalar(high) { return scalar }
    if (0xD800..<0xDC00).contains(high), peek == .backslash, next == UInt8(ascii: "u") {
      offset += 2
      if let low = readHex(), (0xDC00..<0xE000).contains(low) {
        return UnicodeScalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
      }
    }
    error(
      "half of a surrogate pair is no character", at: start, to: offset, got: shown(start, offset))
    return nil
  }

  private mutating func readHex() -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    let digits = bytes[offset..<offset + 4]
    guard digits.allSatisfy(\.isHexDigit),
      let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    offset += 4
    return number
  }

  /// At “ or ”, as word processors put them.
  var hasTypographicQuote: Bool {
    offset + 2 < bytes.count && bytes[offset + 1] == 0x80
      && (0x9C...0x9F).contains(bytes[offset + 2])
  }

  mutating func readTypographic() -> String {
    let start = offset
    offset += 3
    let textStart = offset
    while let byte = peek, byte != .newline, byte != .quote, !(byte == 0xE2 && hasTypographicQuote)
    {
      offset += 1
    }
    let text = String(decoding: bytes[textStart..<offset], as: UTF8.self)
    if peek == .quote { offset += 1 } else if peek == 0xE2 { offset += 3 }
    error(
      "strings stand in straight double quotes", at: start, to: offset, got: shown(start, offset),
      remedy: text.jsonQuoted)
    return text
  }

  mutating func readNumber() -> JSONValue {
    let start = offset
    while let byte = peek, byte.continuesNumber { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    let span = Span(source, start, offset)
    if JSONNumber.isInteger(text) {
      if let number = Int(text) { return JSONValue(.int(number, spelling: text), span) }
      error("this whole number does not fit 64 bits", kind: .outOfRange, at: start, to: offset)
      return JSONValue(.null, span)
    }
    if JSONNumber.isDecimal(text), let number = Double(text) {
      if number.isFinite { return JSONValue(.double(number, spelling: text), span) }
      error(
        "this number is too large for a float", kind: .outOfRange, at: start, to: offset, got: text,
        wanted: "at most \(Double.greatestFiniteMagnitude)")
      return JSONValue(.null, span)
    }
    if let first = text.utf8.first, !first.isDigit, text.utf8.dropFirst().first?.beginsWord ?? false
    {
      return literal(text, start)
    }
    let better = JSONNumber.repaired(text)
    error(
      "JSON does not write numbers like this", at: start, to: offset, got: text, remedy: better)
    guard let better, let number = Double(better) else { return JSONValue(.null, span) }
    return JSONValue(
      Int(better).map { .int($0, spelling: better) } ?? .double(number, spelling: better), span)
  }

  mutating func readWord() -> JSONValue {
    let start = offset
    return literal(takeWord(), start)
  }

  mutating func takeWord() -> String {
    let start = offset
    while let byte = peek, byte.continuesWord { offset += 1 }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func literal(_ word: String, _ start: Int) -> JSONValue {
    let span = Span(source, start, offset)
    switch word {
    case "true": return JSONValue(.bool(true), span)
    case "false": return JSONValue(.bool(false), span)
    case "null": return JSONValue(.null, span)
    default: break
    }
    let lowercase = word.lowercased()
    let bare = lowercase.drop { $0 == "-" || $0 == "+" }
    if ["nan", "infinity", "inf"].contains(String(bare)) {
      error("JSON has no \(word)", at: start, to: offset, got: word, remedy: "null")
      return JSONValue(.null, span)
    }
    let meant =
      lowercase == "none"
      ? "null" : Spelling.nearest(to: word, among: ["true", "false", "null"])
    guard let meant else {
      error(
        "text stands in double quotes", at: start, to: offset, got: word,
        remedy: word.jsonQuoted)
      return JSONValue(.string(word), span)
    }
    error(
      "\(word) is not a word of JSON", at: start, to: offset, got: word, suggestion: meant,
      remedy: meant)
    return JSONValue(meant == "null" ? .null : .bool(meant == "true"), span)
  }
}

/// The spelling rules of numbers in RFC 8259.
enum JSONNumber {
  static func isInteger(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return isWhole(bytes[(bytes.first == .minus ? 1 : 0)...])
  }

  /// `-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?`
  static func isDecimal(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    if rest.first == .minus { rest = rest.dropFirst() }
    let whole = rest.prefix { $0.isDigit }
    guard isWhole(whole) else { return false }
    rest = rest[whole.endIndex...]
    if rest.first == .dot {
      let fraction = rest.dropFirst().prefix { $0.isDigit }
      guard !fraction.isEmpty else { return false }
      rest = rest[fraction.endIndex...]
    }
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == .minus || sign == .plus { rest = rest.dropFirst() }
      guard !rest.isEmpty else { return false }
      rest = rest.drop { $0.isDigit }
    }
    return rest.isEmpty
  }

  /// Python's spellings in JSON's: `+1`, `.5`, `1.`, `007`, `1_000`; nil when it is none of them.
  static func repaired(_ text: String) -> String? {
    var digits = text.filter { $0 != "_" }
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
    while digits.count > 1, digits.hasPrefix("0"), digits.dropFirst().first?.isNumber == true {
      digits.removeFirst()
    }
    if digits.hasPrefix(".") { digits = "0" + digits }
    if let dot = digits.firstIndex(of: ".") {
      let after = digits.index(after: dot)
      if after == digits.endIndex || !digits[after].isNumber { digits.insert("0", at: after) }
    }
    let result = (isNegative ? "-" : "") + digits
    return isDecimal(result) ? result : nil
  }

  private static func isWhole(_ digits: some Collection<UInt8>) -> Bool {
    guard let first = digits.first, digits.allSatisfy(\.isDigit) else { return false }
    return digits.count == 1 || first != UInt8(ascii: "0")
  }
}

extension UInt8 {
  static let quote = UInt8(ascii: "\"")
  static let apostrophe = UInt8(ascii: "'")
  static let backslash = UInt8(ascii: "\\")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let dot = UInt8(ascii: ".")
  static let minus = UInt8(ascii: "-")
  static let plus = UInt8(ascii: "+")
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")

  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20) }
  var beginsWord: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
  }
  var continuesWord: Bool { beginsWord || isDigit }
  var continuesNumber: Bool { continuesWord || self == .minus || self == .plus || self == .dot }
  var isStructural: Bool {
    switch self {
    case .openBrace, .closeBrace, .openBracket, .closeBracket, .comma, .colon, .quote, .newline:
      true
    default: false
    }
  }
}
