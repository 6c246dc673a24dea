import Components

/// `f"…{expression!r:format}…"`
extension Parser {
  mutating func formatted(
    _ range: Range<Int>, isRaw: Bool, from start: Int
  ) throws(ParseStop) -> Expression {
    var parts: [FormattedPart] = []
    var tallest = 0
    var position = range.lowerBound
    while position < range.upperBound {
      let textStart = position
      position = endOfText(from: position, to: range.upperBound)
      if position > textStart {
        parts.append(.text(try text(textStart..<position, isRaw: isRaw)))
      }
      guard position < range.upperBound else { break }
      if bytes[position] == UInt8(ascii: "}") {
        throw mistake(
          "this } closes nothing", origin.span(position, position + 1), remedy: "}}")
      }
      let field = try field(from: position, to: range.upperBound)
      parts.append(field.part)
      tallest = max(tallest, height)
      position = field.end
    }
    return try node(.formatted(parts), from: start, over: tallest)
  }

  /// Up to a single brace.
  private func endOfText(from start: Int, to end: Int) -> Int {
    var position = start
    while position < end {
      let byte = bytes[position]
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") {
        guard position + 1 < end, bytes[position + 1] == byte else { return position }
        position += 1
      }
      position += 1
    }
    return end
  }

  private func text(_ range: Range<Int>, isRaw: Bool) throws(ParseStop) -> String {
    let literal: StringLiteral
    do throws(EscapeFault) {
      literal = try StringLiteral.decode(bytes, range, isRaw: isRaw)
    } catch {
      throw mistake(error.message, origin.span(error.start, error.end), remedy: error.remedy)
    }
    var result = String.UnicodeScalarView()
    var isDoubled = false
    for scalar in literal.text.unicodeScalars {
      let isBrace = scalar == "{" || scalar == "}"
      if isBrace, isDoubled {
        isDoubled = false
        continue
      }
      isDoubled = isBrace
      result.append(scalar)
    }
    return String(result)
  }

  /// Reads `{…}`, whose `{` stands at `start`.
  private mutating func field(
    from start: Int, to end: Int
  ) throws(ParseStop) -> (part: FormattedPart, end: Int) {
    let stop = endOfExpression(from: start + 1, to: end)
    var position = stop
    let value = try inner(start + 1..<stop)
    var conversion: String?
    if position + 1 < end, bytes[position] == UInt8(ascii: "!") {
      let letter = bytes[position + 1]
      guard [UInt8(ascii: "r"), UInt8(ascii: "s"), UInt8(ascii: "a")].contains(letter) else {
        throw mistake(
          "this conversion is unknown", origin.span(position, position + 2), wanted: "!r or !s")
      }
      conversion = String(Unicode.Scalar(letter))
      position += 2
    }
    var format = ""
    if position < end, bytes[position] == UInt8(ascii: ":") {
      let from = position + 1
      position = from
      while position < end, bytes[position] != UInt8(ascii: "}") {
        if bytes[position] == UInt8(ascii: "{") {
          throw mistake(
            "a format has no {} of its own here", origin.span(position, position + 1),
            remedy: "format(x, spec)")
        }
        position += 1
      }
      format = String(decoding: bytes[from..<position], as: UTF8.self)
    }
    guard position < end, bytes[position] == UInt8(ascii: "}") else {
      throw mistake("this { is never closed", origin.span(start, start + 1))
    }
    return (.value(value, conversion: conversion, format: format), position + 1)
  }

  private mutating func inner(_ range: Range<Int>) throws(ParseStop) -> Expression {
    guard bytes[range].contains(where: { $0 > 0x20 }) else {
      throw mistake(
        "an expression is missing between { and }",
        origin.span(range.lowerBound - 1, range.upperBound + 1))
    }
    try enter()
    defer { depth -= 1 }
    var parser = Parser(
      bytes, range, hasLines: false, origin: origin, sources: sources, names: names, depth: depth)
    let value: Expression
    do throws(ParseStop) { value = try parser.wholeExpression() } catch {
      throw .fault(error.fault)
    }
    height = parser.height
    return value
  }

  /// Up to the `!`, `:` or `}` that ends the expression of a field.
  private func endOfExpression(from start: Int, to end: Int) -> Int {
    var position = start
    var brackets = 0
    while position < end {
      switch bytes[position] {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): brackets -= 1
      case UInt8(ascii: "}"):
        if brackets <= 0 { return position }
        brackets -= 1
      case UInt8(ascii: ":"): if brackets <= 0 { return position }
      case UInt8(ascii: "!"):
        let isComparison = position + 1 < end && bytes[position + 1] == UInt8(ascii: "=")
        if brackets <= 0, !isComparison { return position }
        position += isComparison ? 1 : 0
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        let quote = bytes[position]
        position += 1
        while position < end, bytes[position] != quote {
          position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
      default: break
      }
      position += 1
    }
    return end
  }
}
