import Components

/// One `--set key=value`, read.
public struct SetOption: Sendable {
  public var key: String
  public var keySpan: Span
  public var value: JSONValue

  /// Splits at the first `=`. The value is JSON where it can be (number, quoted text, list, object,
  /// `null`), a truth word in any case (`yes`, `on`, `true`, `t` …), or else text.
  ///
  /// Each option becomes a source of its own, so that errors can show it. `option` is how it is called on
  /// the command line.
  public static func read(
    _ text: String, in sources: SourceStore, option name: String = "--set"
  ) throws(Fault) -> SetOption {
    let source = sources.add(name: name, text: text)
    let bytes = Array(text.utf8)
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else {
      throw Fault(
        .usage, "\(name) needs name=value", got: text, remedy: "\(name) \(text)=True",
        place: sources.place(Span(source, 0, bytes.count)))
    }
    let key = trimmed(bytes, 0, equals)
    let value = trimmed(bytes, equals + 1, bytes.count)
    let option = SetOption(
      key: String(decoding: bytes[key], as: UTF8.self),
      keySpan: Span(source, key.lowerBound, key.upperBound),
      value: try read(
        String(decoding: bytes[value], as: UTF8.self),
        Span(source, value.lowerBound, value.upperBound), sources))
    guard !option.key.isEmpty else {
      throw Fault(
        .usage, "\(name) needs a name before the =", got: text,
        place: sources.place(Span(source, 0, equals + 1)))
    }
    return option
  }

  private static func read(
    _ text: String, _ span: Span, _ sources: SourceStore
  ) throws(Fault) -> JSONValue {
    if let number = Int(text) { return JSONValue(.int(number, spelling: text), span) }
    if text.utf8.contains(where: \.isDigit), let number = Double(text), number.isFinite {
      return JSONValue(
        .double(number, spelling: JSONNumber.isDecimal(text) ? text : number.description), span)
    }
    switch text.lowercased() {
    case "y", "yes", "t", "true", "on": return JSONValue(.bool(true), span)
    case "n", "no", "f", "false", "off": return JSONValue(.bool(false), span)
    case "null", "none": return JSONValue(.null, span)
    default: break
    }
    guard let first = text.utf8.first, [.quote, .openBrace, .openBracket].contains(first),
      !isPlaceholder(text)
    else { return JSONValue(.string(text), span) }
    // Blanks keep the value at its place in the option.
    let padding = String(repeating: " ", count: span.start)
    let padded = sources.add(name: "--set", text: padding + text)
    let (value, findings) = JSONReader.read(padded, in: sources)
    if let fault = findings.errors.first { throw fault }
    guard var value else { return JSONValue(.string(text), span) }
    value.span = span
    return value
  }

  /// `{NAME}` or `{NAME}/x` is a config string, not an object.
  private static func isPlaceholder(_ text: String) -> Bool {
    let name = text.utf8.dropFirst().prefix { $0.continuesWord }
    return text.hasPrefix("{") && !name.isEmpty && text.utf8[name.endIndex...].first == .closeBrace
  }

  private static func trimmed(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Range<Int> {
    var (start, end) = (start, end)
    while start < end, bytes[start] == .space || bytes[start] == .tab { start += 1 }
    while end > start, bytes[end - 1] == .space || bytes[end - 1] == .tab { end -= 1 }
    return start..<end
  }
}

extension Path {
  /// Reads the left side of `--set`: `train.pre_transforms.RandFlipd.prob`, `handlers[2].rank`,
  /// `handlers.2.rank`, and `handlers.#3.rank` with `#` counting from 1.
  public init(dotted text: String) throws(Fault) {
    var steps: [Step] = []
    for (position, part) in text.split(separator: ".", omittingEmptySubsequences: false)
      .enumerated()
    {
      var rest = part
      let name = rest.prefix { $0 != "[" }
      rest = rest[name.endIndex...]
      if name.isEmpty {
        if rest.isEmpty || position == 0 { throw Self.malformed(text) }
      } else if let index = Int(name) {
        steps.append(.index(index))
      } else if name.hasPrefix("#"), let number = Int(name.dropFirst()), number > 0 {
        steps.append(.index(number - 1))
      } else {
        steps.append(.name(String(name)))
      }
      while rest.first == "[" {
        guard let end = rest.firstIndex(of: "]") else { throw Self.malformed(text) }
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        if let index = Int(inside) {
          steps.append(.index(index))
        } else if let quote = inside.first, quote == "\"" || quote == "'", inside.count > 1,
          inside.last == quote
        {
          steps.append(.key(String(inside.dropFirst().dropLast())))
        } else {
          throw Self.malformed(text)
        }
        rest = rest[rest.index(after: end)...]
      }
      guard rest.isEmpty else { throw Self.malformed(text) }
    }
    self.init(steps)
  }

  private static func malformed(_ text: String) -> Fault {
    Fault(
      .syntax, "\(text.quoted) is not a path", wanted: "names and [indexes] joined by dots",
      remedy: "train.pre_transforms[2].prob")
  }
}
