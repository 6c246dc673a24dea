import Components

/// JSON text to values, in one pass.
struct JSONParser {
  private let text: [UInt8]
  private let source: String
  private let isRefusingDuplicates: Bool
  private var position = 0

  private static let maxDepth = 200

  /// - Parameter isRefusingDuplicates: whether an object may not have a key twice.
  init(_ text: [UInt8], source: String, isRefusingDuplicates: Bool = false) {
    (self.text, self.source) = (text, source)
    self.isRefusingDuplicates = isRefusingDuplicates
    if text.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  mutating func document() throws -> Value {
    guard String(validating: text, as: UTF8.self) != nil else {
      throw Fault(.format, "\(source.quoted) is not UTF-8 text")
    }
    let value = try value(depth: 0)
    skipSpace()
    guard position == text.count else { throw unexpected("the end of the file") }
    return value
  }

  private mutating func value(depth: Int) throws -> Value {
    guard depth < Self.maxDepth else {
      throw Fault(.limit, "JSON nests more than \(Self.maxDepth) deep").at(place())
    }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .dict(try object(depth: depth))
    case UInt8(ascii: "["): return .list(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), (UInt8(ascii: "0")...UInt8(ascii: "9"))?: return try number()
    default:
      let words: [(String, Value)] = [
        ("true", .bool(true)), ("false", .bool(false)), ("null", .none), ("NaN", .double(.nan)),
        ("Infinity", .double(.infinity)),
      ]
      for (word, value) in words where take(word) { return value }
      throw unexpected("a value")
    }
  }

  private mutating func object(depth: Int) throws -> ValueDictionary {
    var entries = ValueDictionary()
    try members("}") { parser in
      guard parser.peek == UInt8(ascii: "\"") else { throw parser.unexpected("a key in quotes") }
      let key = try parser.string()
      if parser.isRefusingDuplicates, entries[key] != nil {
        throw Fault(.format, "\(parser.source.quoted) has the key \(key.quoted) twice")
          .at(parser.place())
      }
      parser.skipSpace()
      guard parser.take(":") else { throw parser.unexpected("':' after the key \(key.quoted)") }
      entries[key] = try parser.value(depth: depth + 1)
    }
    return entries
  }

  private mutating func array(depth: Int) throws -> [Value] {
    var items: [Value] = []
    try members("]") { items.append(try $0.value(depth: depth + 1)) }
    return items
  }

  /// What stands between an opening bracket, commas and the closing one.
  private mutating func members(
    _ end: String, _ member: (inout JSONParser) throws -> Void
  ) throws {
    position += 1
    skipSpace()
    if take(end) { return }
    while true {
      skipSpace()
      try member(&self)
      skipSpace()
      if take(end) { return }
      guard take(",") else { throw unexpected("',' or '\(end)'") }
    }
  }

  private mutating func number() throws -> Value {
    let start = position
    if take("-"), take("Infinity") { return .double(-.infinity) }
    let digits = skipDigits()
    let isPlain = text[start] != UInt8(ascii: "-") ? start : start + 1
    guard digits > 0, digits == 1 || text[isPlain] != UInt8(ascii: "0") else {
      throw unexpected("a number")
    }
    var isInteger = true
    if take(".") {
      isInteger = false
      guard skipDigits() > 0 else { throw unexpected("digits after the point") }
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      guard skipDigits() > 0 else { throw unexpected("digits of the exponent") }
    }
    let literal = String(decoding: text[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(literal) { return .int(integer) }
    guard let double = Double(literal) else { throw unexpected("a number") }
    return .double(double)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let digit = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
      position += 1
    }
    return position - start
  }

  private mutating func string() throws -> String {
    position += 1
    var bytes: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): bytes += Array(String(try escape()).utf8)
      case 0..<0x20: throw unexpected("the closing quote on the same line")
      default:
        bytes.append(byte)
        position += 1
      }
    }
    throw unexpected("the closing quote")
  }

  private mutating func escape() throws -> Unicode.Scalar {
    position += 1
    let plain: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
      UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{c}", UInt8(ascii: "n"): "\n",
      UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    if let byte = peek, let scalar = plain[byte] {
      position += 1
      return scalar
    }
    guard take("u"), let first = unit() else {
      throw unexpected("an escape such as \\n or \\u00e9")
    }
    if let scalar = Unicode.Scalar(first) { return scalar }
    if take("\\u"), let second = unit(), (0xdc00...0xdfff).contains(second), first < 0xdc00 {
      return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)) ?? "\u{fffd}"
    }
    throw unexpected("the second half of a surrogate pair")
  }

  private mutating func unit() -> UInt32? {
    guard position + 4 <= text.count else { return nil }
    let digits = String(decoding: text[position..<(position + 4)], as: UTF8.self)
    guard digits.allSatisfy(\.isHexDigit), let unit = UInt32(digits, radix: 16) else { return nil }
    position += 4
    return unit
  }

  private var peek: UInt8? { position < text.count ? text[position] : nil }

  private mutating func take(_ word: String) -> Bool {
    guard text[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || (0x09...0x0a).contains(byte) || byte == 0x0d {
      position += 1
    }
  }

  private func unexpected(_ wanted: String) -> Fault {
    let got: String
    switch peek {
    case nil: got = "the end of the file"
    case 0x0a, 0x0d: got = "the end of the line"
    default:
      let rest = String(decoding: text[position...].prefix(12), as: UTF8.self)
      got = String(rest.prefix { !$0.isNewline }).quoted
    }
    return Fault(.syntax, "\(source.quoted) is not JSON here", got: got, wanted: wanted)
      .at(place())
  }

  private func place() -> Place {
    let before = text[..<min(position, text.count)]
    let lineStart = before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
    let lineEnd = text[lineStart...].firstIndex(of: 0x0a) ?? text.count
    let column = String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
    let line = String(decoding: text[lineStart..<lineEnd].prefix(400), as: UTF8.self)
    return Place(
      source: source, line: before.count { $0 == 0x0a } + 1, column: column, lineText: line)
  }
}
