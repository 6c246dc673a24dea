import Components

/// A string literal after its escapes are read.
struct StringLiteral: Sendable {
  var text: String
  /// `r"…"`
  var isRaw: Bool
  /// Offset of the first byte after the opening quote.
  var start: Int
  /// For each byte of `text` and for its end, the offset it was written at; nil when the literal holds
  /// no escape, so that byte `i` stands at `start + i`.
  var offsets: [Int]?

  /// Reads the body `range` of a literal. Escapes are Python's and JSON's (`\/`, surrogate pairs).
  static func decode(
    _ bytes: [UInt8], _ range: Range<Int>, isRaw: Bool
  ) throws(EscapeFault) -> StringLiteral {
    let slice = bytes[range]
    let carriageReturn = UInt8(ascii: "\r")
    guard slice.contains(where: { ($0 == backslash && !isRaw) || $0 == carriageReturn }) else {
      let text = String(decoding: slice, as: UTF8.self)
      return StringLiteral(text: text, isRaw: isRaw, start: range.lowerBound)
    }
    var decoder = EscapeDecoder(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    while decoder.position < decoder.end {
      let byte = bytes[decoder.position]
      if byte == carriageReturn, decoder.peek(1) == UInt8(ascii: "\n") {
        decoder.position += 1
      } else if byte == backslash, !isRaw {
        try decoder.readEscape()
      } else {
        decoder.keep(byte)
      }
    }
    decoder.offsets.append(range.upperBound)
    return StringLiteral(
      text: String(decoding: decoder.output, as: UTF8.self), isRaw: isRaw, start: range.lowerBound,
      offsets: decoder.offsets)
  }

  private static let backslash = UInt8(ascii: "\\")
}

/// A bad escape and the bytes it stands on.
struct EscapeFault: Error {
  var message: String
  var remedy: String?
  var start: Int
  var end: Int
}

private struct EscapeDecoder {
  let bytes: [UInt8]
  var position: Int
  let end: Int
  var output: [UInt8] = []
  var offsets: [Int] = []

  func peek(_ distance: Int) -> UInt8? {
    position + distance < end ? bytes[position + distance] : nil
  }

  mutating func keep(_ byte: UInt8) {
    output.append(byte)
    offsets.append(position)
    position += 1
  }

  /// Appends a scalar that was written with `length` bytes.
  private mutating func append(_ scalar: Unicode.Scalar, length: Int) {
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      output.append(byte)
      offsets.append(position)
    }
    position += length
  }

  mutating func readEscape() throws(EscapeFault) {
    guard let letter = peek(1) else {
      throw EscapeFault(message: "a \\ ends this string", start: position, end: position + 1)
    }
    switch letter {
    case UInt8(ascii: "n"): append("\n", length: 2)
    case UInt8(ascii: "t"): append("\t", length: 2)
    case UInt8(ascii: "r"): append("\r", length: 2)
    case UInt8(ascii: "0"): append("\0", length: 2)
    case UInt8(ascii: "a"): append("\u{7}", length: 2)
    case UInt8(ascii: "b"): append("\u{8}", length: 2)
    case UInt8(ascii: "f"): append("\u{c}", length: 2)
    case UInt8(ascii: "v"): append("\u{b}", length: 2)
    case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "/"):
      append(Unicode.Scalar(letter), length: 2)
    case UInt8(ascii: "\n"): position += 2
    case UInt8(ascii: "x"): append(try scalar(digits: 2, after: 2), length: 4)
    case UInt8(ascii: "u"): try readShortUnicode()
    case UInt8(ascii: "U"): append(try scalar(digits: 8, after: 2), length: 10)
    default:
      throw EscapeFault(
        message: "\\\(Character(Unicode.Scalar(letter))) is no escape",
        remedy: "write \\\\ for a backslash, or r\"…\" for the whole string",
        start: position, end: position + 2)
    }
  }

  private mutating func readShortUnicode() throws(EscapeFault) {
    let high = try number(digits: 4, after: 2)
    if (0xD800..<0xDC00).contains(high), peek(6) == UInt8(ascii: "\\"), peek(7) == UInt8(ascii: "u")
    {
      let low = try number(digits: 4, after: 8)
      if (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
      {
        return append(scalar, length: 12)
      }
    }
    append(Unicode.Scalar(high) ?? "\u{FFFD}", length: 6)
  }

  private func scalar(digits: Int, after skip: Int) throws(EscapeFault) -> Unicode.Scalar {
    guard let scalar = Unicode.Scalar(try number(digits: digits, after: skip)) else {
      throw EscapeFault(
        message: "this escape names no character", start: position, end: position + skip + digits)
    }
    return scalar
  }

  private func number(digits: Int, after skip: Int) throws(EscapeFault) -> UInt32 {
    let from = position + skip
    guard from + digits <= end,
      let value = UInt32(String(decoding: bytes[from..<from + digits], as: UTF8.self), radix: 16)
    else {
      throw EscapeFault(
        message: "this escape needs \(digits) hexadecimal digits", start: position,
        end: min(end, from))
    }
    return value
  }
}
