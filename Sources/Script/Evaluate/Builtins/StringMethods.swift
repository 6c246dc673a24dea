import Components

/// Methods of strings. Positions count Unicode scalars.
enum StringMethods {
  static let all: [Builtin] = [
    Builtin("count", "How often a text occurs.", text, BuiltinParameter<String>("sub")) {
      _, text, part in
      .int(
        part.isEmpty ? text.unicodeScalars.count + 1 : TextSearch.split(text, by: part).count - 1)
    },
    Builtin("endswith", "Whether the text ends so.", text, suffixes) { _, text, suffixes in
      .bool(try texts(suffixes).contains { text.utf8.reversed().starts(with: $0.utf8.reversed()) })
    },
    Builtin(
      "find", "The place of a text, -1 if there is none.", text,
      BuiltinParameter<String>("sub")
    ) { _, text, part in
      guard let offset = TextSearch.first(part, in: text) else { return .int(-1) }
      return .int(String(decoding: Array(text.utf8)[..<offset], as: UTF8.self).unicodeScalars.count)
    },
    Builtin(
      "format", "The text with {} replaced by arguments.",
      signature: "format(self, value, …, name=value, …)", names: nil, body: format),
    Builtin("isdigit", "Whether the text is digits alone.", text) { _, text in
      .bool(!text.isEmpty && text.unicodeScalars.allSatisfy { ("0"..."9").contains($0) })
    },
    Builtin(
      "join", "Texts put together with this one between.", text,
      BuiltinParameter<[String]>("items")
    ) { context, text, items in
      try context.budget.allow(
        size: items.reduce(items.count * text.utf8.count) { $0 + $1.utf8.count })
      return .string(items.joined(separator: text))
    },
    Builtin("lower", "The text in small letters.", text) { _, text in .string(text.lowercased()) },
    strip("lstrip", "The text without blanks, or these characters, at its start.", start: true),
    Builtin(
      "replace", "The text with one part replaced by another.", text,
      BuiltinParameter<String>("old"), BuiltinParameter<String>("new")
    ) { context, text, old, new in
      guard !old.isEmpty else { throw Fault(.invalid, "an empty text cannot be replaced") }
      let pieces = TextSearch.split(text, by: old)
      try context.budget.allow(size: text.utf8.count + pieces.count * new.utf8.count)
      return .string(pieces.joined(separator: new))
    },
    strip("rstrip", "The text without blanks, or these characters, at its end.", end: true),
    Builtin(
      "split", "The parts between blanks, or between occurrences of sep.", text,
      BuiltinParameter<String?>("sep", default: nil), BuiltinParameter<Int>("maxsplit", default: -1)
    ) { context, text, separator, limit in
      try context.budget.spend(text.utf8.count)
      guard let separator else {
        let limit = limit < 0 ? Int.max : limit
        return .list(
          text.unicodeScalars.split(maxSplits: limit, whereSeparator: \.properties.isWhitespace)
            .map { .string(String($0)) })
      }
      guard !separator.isEmpty else { throw Fault(.invalid, "the separator is empty") }
      return .list(TextSearch.split(text, by: separator, limit: limit).map { .string($0) })
    },
    Builtin("startswith", "Whether the text begins so.", text, suffixes) { _, text, prefixes in
      .bool(try texts(prefixes).contains { text.utf8.starts(with: $0.utf8) })
    },
    strip(
      "strip", "The text without blanks, or these characters, at its ends.", start: true, end: true),
    Builtin("upper", "The text in capital letters.", text) { _, text in .string(text.uppercased())
    },
    Builtin(
      "zfill", "The number in the text with zeros before it.", text,
      BuiltinParameter<Int>("width")
    ) { context, text, width in
      try context.budget.allow(size: width)
      let sign = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.prefix(1)) : ""
      let missing = max(0, width - text.unicodeScalars.count)
      return .string(sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count))
    },
  ]

  private static let text = BuiltinParameter<String>("self")
  private static let suffixes = BuiltinParameter<Value>("affix")

  /// `startswith` takes one text or a tuple of them.
  private static func texts(_ value: Value) throws(Fault) -> [String] {
    try OneOrMany<String>(argument: value).values
  }

  private static func strip(
    _ name: String, _ help: String, start: Bool = false, end: Bool = false
  ) -> Builtin {
    Builtin(name, help, text, BuiltinParameter<String?>("chars", default: nil)) {
      _, text, characters in .string(trimmed(text, of: characters, start: start, end: end))
    }
  }

  static func trimmed(_ text: String, of characters: String?, start: Bool, end: Bool) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool {
      set?.contains(scalar) ?? scalar.properties.isWhitespace
    }
    var rest = Substring.UnicodeScalarView(text.unicodeScalars)
    if start { while let first = rest.first, goes(first) { rest.removeFirst() } }
    if end { while let last = rest.last, goes(last) { rest.removeLast() } }
    return String(rest)
  }

  @Sendable private static func format(_ arguments: Arguments, _ context: CallContext) throws
    -> Value
  {
    guard case .string(let template)? = arguments.positional.first else { return .none }
    let values = arguments.positional.dropFirst()
    var result = ""
    var next = 0
    var rest = Substring(template)
    while let character = rest.popFirst() {
      if character == "{" || character == "}" {
        if rest.first == character {
          rest.removeFirst()
          result.append(character)
          continue
        }
        guard character == "{", let end = rest.firstIndex(of: "}") else {
          throw Fault(.invalid, "a brace is alone in this format", remedy: "{{ or }}")
        }
        let parts = rest[..<end].split(
          separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        rest = rest[rest.index(after: end)...]
        let name = String(parts.first ?? "")
        let value: Value?
        if name.isEmpty {
          value = next < values.count ? values[values.startIndex + next] : nil
          next += 1
        } else if let index = Int(name) {
          value = index >= 0 && index < values.count ? values[values.startIndex + index] : nil
        } else {
          value = arguments.named[name]
        }
        guard let value else {
          throw Fault(.missingArgument, "format has no argument for {\(name)}")
        }
        result += try Formatting.text(value, parts.count > 1 ? String(parts[1]) : "")
      } else {
        result.append(character)
      }
      try context.budget.allow(size: result.utf8.count)
    }
    return .string(result)
  }
}
