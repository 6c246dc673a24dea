import Components

/// Numbers and strings.
extension Lexer {
  mutating func readNumber() {
    let start = position
    if peek() == UInt8(ascii: "0"), let letter = peek(1), let radix = Self.radix(of: letter) {
      position += 2
      while let byte = peek(), isNamePart(byte) { position += 1 }
      return appendInt(from: start, digits: start + 2, radix: radix)
    }
    var isDouble = false
    skipDigits()
    if peek() == UInt8(ascii: ".") {
      isDouble = true
      position += 1
      skipDigits()
    }
    if let letter = peek(), letter | 0x20 == UInt8(ascii: "e") {
      let sign = peek(1) == UInt8(ascii: "-") || peek(1) == UInt8(ascii: "+") ? 2 : 1
      if let digit = peek(sign), isDigit(digit) {
        isDouble = true
        position += sign
        skipDigits()
      }
    }
    if let byte = peek(), isNameStart(byte) {
      while let byte = peek(), isNamePart(byte) { position += 1 }
      return fail(
        "\(String(decoding: bytes[start..<position], as: UTF8.self)) is neither number nor name",
        from: start)
    }
    isDouble ? appendDouble(from: start) : appendInt(from: start, digits: start, radix: 10)
  }

  private static func radix(of letter: UInt8) -> Int? {
    switch letter | 0x20 {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  private mutating func skipDigits() {
    while let byte = peek(), isDigit(byte) || byte == UInt8(ascii: "_") { position += 1 }
  }

  private mutating func appendInt(from start: Int, digits: Int, radix: Int) {
    let spelling = String(decoding: bytes[start..<position], as: UTF8.self)
    let plain = bytes[digits..<position].filter { $0 != UInt8(ascii: "_") }
    let text = String(decoding: plain, as: UTF8.self)
    let isPadded = radix == 10 && plain.count > 1 && plain.first == UInt8(ascii: "0")
    if plain.isEmpty || !hasUnderscoresBetweenDigits(digits..<position) {
      fail("\(spelling) is not a number", from: start)
    } else if isPadded, plain.contains(where: { $0 != UInt8(ascii: "0") }) {
      fail("a number does not begin with 0", from: start, remedy: Self.unpadded(text))
    } else if let value = Int(text, radix: radix) {
      append(.int(value, spelling: spelling), from: start)
    } else if plain.allSatisfy({ Character(Unicode.Scalar($0)).hexDigitValue ?? 99 < radix }) {
      fail(
        "\(spelling.prefix(40)) does not fit a 64-bit integer", from: start,
        remedy: radix == 10 && spelling.utf8.count < 40 ? "\(spelling).0" : nil)
    } else {
      fail("\(spelling.prefix(40)) is not a number", from: start)
    }
  }

  /// `1_000`, but neither `1__000` nor `1000_`.
  private func hasUnderscoresBetweenDigits(_ range: Range<Int>) -> Bool {
    range.allSatisfy { index in
      bytes[index] != UInt8(ascii: "_")
        || index > range.lowerBound && index + 1 < range.upperBound
          && bytes[index - 1] != UInt8(ascii: "_")
    }
  }

  private static func unpadded(_ text: String) -> String {
    String(text.drop { $0 == "0" }.prefix(40))
  }

  private mutating func appendDouble(from start: Int) {
    let spelling = String(decoding: bytes[start..<position], as: UTF8.self)
    let plain = spelling.contains("_") ? String(spelling.filter { $0 != "_" }) : spelling
    if let value = Double(plain.hasSuffix(".") ? plain + "0" : plain), value.isFinite {
      append(.double(value, spelling: spelling), from: start)
    } else {
      fail("\(spelling.prefix(40)) does not fit a float", from: start)
    }
  }

  /// Reads a literal whose opening quote is at `position`; `prefix` is what stood before it.
  mutating func readString(prefix: String, from start: Int) {
    let quote = bytes[position]
    let isTriple = peek(1) == quote && peek(2) == quote
    position += isTriple ? 3 : 1
    let body = position
    let isRaw = prefix.contains("r")
    let isFormatted = prefix.contains("f")
    var braces = 0
    while let byte = peek() {
      if byte == UInt8(ascii: "\\"), braces == 0 {
        position += 2
        continue
      }
      if byte == UInt8(ascii: "\n"), !isTriple { break }
      if isFormatted, byte == UInt8(ascii: "{") {
        if braces == 0, peek(1) == byte { position += 1 } else { braces += 1 }
      } else if isFormatted, byte == UInt8(ascii: "}"), braces > 0 {
        braces -= 1
      } else if braces > 0, byte != quote, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        skipNestedString(byte)
        continue
      } else if byte == quote, !isTriple || (peek(1) == quote && peek(2) == quote) {
        let range = body..<position
        position += isTriple ? 3 : 1
        return appendString(range, isRaw: isRaw, isFormatted: isFormatted, from: start)
      }
      position += 1
    }
    position = min(position, end)
    if isTriple {
      append(.openString, from: start)
    } else {
      fail("this string has no closing \(Character(Unicode.Scalar(quote)))", from: start)
    }
  }

  private mutating func skipNestedString(_ quote: UInt8) {
    position += 1
    while let byte = peek(), byte != quote, byte != UInt8(ascii: "\n") {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    if peek() == quote { position += 1 }
  }

  private mutating func appendString(
    _ range: Range<Int>, isRaw: Bool, isFormatted: Bool, from start: Int
  ) {
    if isFormatted { return append(.formatted(range, isRaw: isRaw), from: start) }
    do throws(EscapeFault) {
      append(.string(try StringLiteral.decode(bytes, range, isRaw: isRaw)), from: start)
    } catch {
      fail(error.message, from: error.start, to: error.end, remedy: error.remedy)
    }
  }
}
