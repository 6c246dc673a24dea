import Components

/// Reads JSON as RFC 8259 has it, and goes on after a mistake to report the next.
///
/// A line gets at most one error, the first, because what follows on it is usually its echo.
public struct JSONReader {
  /// Brackets inside brackets.
  static let depthLimit = 200
  /// Errors reported before giving up.
  static let errorLimit = 50

  let bytes: [UInt8]
  let source: SourceID
  let sources: SourceStore
  var offset = 0
  var findings: [Finding] = []
  /// Keys and `#n` down to the value being read.
  var path: [String] = []
  /// Where the brackets that are still open stand.
  var open: [(bracket: UInt8, offset: Int)] = []
  private var lastErrorLine = 0
  private var errorCount = 0
  /// A bracket whose closing one stands at another indentation: the likely culprit of a missing
  /// one.
  private var suspect: (opened: Int, closed: Int)?
  private var hasReportedEnd = false
  /// An object ended where the next one began; its comma was taken already.
  private var hasEndedEarly = false

  /// The value, and everything that is to be said about the text. After an error the value is a
  /// guess, fit for further checks but not for use.
  public static func read(
    _ source: SourceID, in sources: SourceStore
  ) -> (value: JSONValue?, findings: [Finding]) {
    var reader = JSONReader(source, sources)
    let value = reader.readDocument()
    return (value, reader.findings)
  }

  private init(_ source: SourceID, _ sources: SourceStore) {
    (self.source, self.sources) = (source, sources)
    bytes = Array(sources[source].text.utf8)
  }

  private mutating func readDocument() -> JSONValue? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    skipBlanks()
    guard offset < bytes.count else {
      error("the file is empty", at: 0, wanted: "a JSON object")
      return nil
    }
    let value = readValue()
    skipBlanks()
    if offset < bytes.count {
      let byte = bytes[offset]
      if byte == .closeBrace || byte == .closeBracket {
        error("this \(character) closes nothing", at: offset, remedy: "delete it")
      } else {
        error(
          "text goes on after the end of the value", at: offset, got: character,
          wanted: "one value in the file")
      }
    }
    return value
  }

  /// Nil when no value begins here; then nothing was consumed and nothing reported.
  mutating func readValue() -> JSONValue? {
    guard let byte = peek else { return nil }
    let start = offset
    switch byte {
    case .quote: return JSONValue(.string(readString()), span(start))
    case .apostrophe:
      let text = readQuoted(by: .apostrophe)
      error(
        "strings stand in double quotes", at: start, to: offset, got: shown(start, offset),
        remedy: text.jsonQuoted)
      return JSONValue(.string(text), span(start))
    case .openBrace, .openBracket:
      guard open.count < Self.depthLimit else {
        error("more than \(Self.depthLimit) brackets inside each other", kind: .limit, at: start)
        offset = bytes.count
        return JSONValue(.null, span(start))
      }
      return byte == .openBrace ? readObject() : readList()
    case .minus, .plus, .dot, UInt8(ascii: "0")...UInt8(ascii: "9"): return readNumber()
    case _ where byte.beginsWord: return readWord()
    case 0xE2 where hasTypographicQuote: return JSONValue(.string(readTypographic()), span(start))
    default: return nil
    }
  }

  /// - Parameter first: its first item, where that was read before the list was seen to be one.
  private mutating func readList(after first: JSONValue? = nil) -> JSONValue {
    let start = first?.span.start ?? offset
    var items = [first].compactMap { $0 }
    open.append((.openBracket, start))
    if first == nil { offset += 1 }
    defer { open.removeLast() }
    while !closes(.closeBracket, from: start) {
      if peek == .comma {
        error("a value is missing before this comma", at: offset, remedy: "delete the comma")
        offset += 1
        continue
      }
      path.append("#\(items.count + 1)")
      let itemStart = offset
      if let value = readValue() {
        items.append(isKey(value) ? readWithoutBrace(itemStart) : value)
      } else {
        skipUnexpected("a value")
      }
      path.removeLast()
      readSeparator(.closeBracket)
    }
    return JSONValue(.list(items), span(start))
  }

  /// Whether a text in a list is the key of an object whose brace is missing.
  private mutating func isKey(_ value: JSONValue) -> Bool {
    guard case .string = value.form else { return false }
    let end = offset
    skipBlanks()
    defer { offset = end }
    return peek == .colon
  }

  private mutating func readWithoutBrace(_ start: Int) -> JSONValue {
    error("the { before this key is missing", at: start, to: offset, wanted: "{")
    offset = start
    return readObject(hasBrace: false)
  }

  /// Objects one after the other where one value stands: a list without its bracket.
  private mutating func readWithoutBracket(_ entry: JSONEntry) -> JSONEntry {
    path.append(entry.key)
    defer { path.removeLast() }
    error("the [ before this object is missing", at: entry.value.span.start, wanted: "[")
    return JSONEntry(entry.key, entry.keySpan, readList(after: entry.value))
  }

  private mutating func readObject(hasBrace: Bool = true) -> JSONValue {
    let start = offset
    var entries: [JSONEntry] = []
    var places: [String: Int] = [:]
    open.append((.openBrace, offset))
    if hasBrace { offset += 1 }
    defer { open.removeLast() }
    while !closes(.closeBrace, from: start) {
      if peek == .comma {
        error("an entry is missing before this comma", at: offset, remedy: "delete the comma")
        offset += 1
        continue
      }
      let keyStart = offset
      guard let key = readKey() else {
        if peek == .openBrace, open.dropLast().last?.bracket == .openBracket {
          endEarly(start)
          return JSONValue(.object(entries), span(start))
        }
        if peek == .openBrace, let last = entries.last, case .object = last.value.form {
          entries[entries.count - 1] = readWithoutBracket(last)
        } else {
          skipUnexpected("a key in double quotes")
        }
        readSeparator(.closeBrace)
        continue
      }
      let keySpan = span(keyStart)
      path.append(key)
      let value = readEntryValue(key, keyStart)
      if let first = index(of: key, in: entries, &places) {
        duplicate(key, keySpan, first: entries[first].keySpan)
        entries[first] = JSONEntry(key, keySpan, value)
      } else {
        entries.append(JSONEntry(key, keySpan, value))
      }
      path.removeLast()
      readSeparator(.closeBrace)
    }
    return JSONValue(.object(entries), span(start))
  }

  /// Few keys are found faster by looking at each; `places` follows once they are many.
  private func index(
    of key: String, in entries: [JSONEntry], _ places: inout [String: Int]
  ) -> Int? {
    if entries.count <= 8 { return entries.firstIndex { $0.key == key } }
    for index in places.count..<entries.count { places[entries[index].key] = index }
    return places[key]
  }

  /// In a list of objects the next one begins while this is still open.
  private mutating func endEarly(_ start: Int) {
    let opened = sources.place(Span(source, start, start + 1))
    error(
      "the { of line \(opened.line), column \(opened.column) is not closed before this one",
      at: offset, got: character, wanted: "}", notes: suspicion)
    hasEndedEarly = true
  }

  private mutating func readKey() -> String? {
    let start = offset
    switch peek {
    case .quote?: return readString()
    case .apostrophe?:
      let text = readQuoted(by: .apostrophe)
      error(
        "keys stand in double quotes", at: start, to: offset, got: shown(start, offset),
        remedy: text.jsonQuoted)
      return text
    case let byte? where byte.beginsWord:
      let word = takeWord()
      error(
        "keys stand in double quotes", at: start, to: offset, got: word,
        remedy: word.jsonQuoted)
      return word
    case 0xE2? where hasTypographicQuote: return readTypographic()
    default: return nil
    }
  }

  private mutating func readEntryValue(_ key: String, _ keyStart: Int) -> JSONValue {
    let afterKey = offset
    skipBlanks()
    if peek == .colon {
      offset += 1
    } else if peek == UInt8(ascii: "=") {
      error("a key is followed by a colon", at: offset, got: "=", wanted: ":")
      offset += 1
    } else {
      error(
        "the colon after \(key.jsonQuoted) is missing", at: afterKey,
        remedy: "\(key.jsonQuoted): …")
    }
    skipBlanks()
    let at = offset
    if let value = readValue() { return value }
    error(
      "the value of \(key.jsonQuoted) is missing", at: keyStart, to: afterKey,
      got: offset < bytes.count ? character : "the end of the file",
      remedy: "\(key.jsonQuoted): null")
    if let byte = peek, byte != .comma, byte != .closeBrace, byte != .closeBracket { offset += 1 }
    return JSONValue(.null, Span(source, at, at))
  }

  /// Whether the container that began at `start` ends here; a wrong or absent bracket is reported.
  private mutating func closes(_ bracket: UInt8, from start: Int) -> Bool {
    skipBlanks()
    guard let byte = peek else {
      reportUnclosed(start)
      return true
    }
    guard byte == .closeBrace || byte == .closeBracket else { return false }
    let opener: UInt8 = byte == .closeBrace ? .openBrace : .openBracket
    if byte != bracket {
      let right = String(UnicodeScalar(bracket))
      let opened = sources.place(Span(source, start, start + 1))
      error(
        "the \(bracket == .closeBrace ? "{" : "[") of line \(opened.line), column \(opened.column)"
          + " is closed by the wrong bracket", at: offset, got: character, wanted: right,
        notes: suspicion)
      // When an outer container waits for this bracket, the inner one simply lacks its own.
      if open.dropLast().contains(where: { $0.bracket == opener }) { return true }
    } else if suspect == nil, beginsItsLine(offset), indentation(start) != indentation(offset) {
      suspect = (start, offset)
    }
    offset += 1
    return true
  }

  private mutating func readSeparator(_ bracket: UInt8) {
    let end = offset
    if hasEndedEarly {
      hasEndedEarly = false
      return
    }
    skipBlanks()
    switch peek {
    case .comma?:
      let comma = offset
      offset += 1
      skipBlanks()
      if let byte = peek, byte == .closeBrace || byte == .closeBracket {
        error("a comma stands before the closing \(character)", at: comma, remedy: "delete it")
      }
    case .closeBrace?, .closeBracket?, nil: break
    default:
      error(
        "a comma is missing", at: max(end - 1, 0), to: end, got: character,
        wanted: bracket == .closeBrace ? ", or }" : ", or ]", remedy: "add a comma here")
    }
  }

  /// Reports what cannot begin anything and moves to the next comma or bracket.
  private mutating func skipUnexpected(_ wanted: String) {
    let start = offset
    while let byte = peek, !byte.isStructural { offset += 1 }
    if offset == start { offset += 1 }
    error("this is not JSON", at: start, to: offset, got: shown(start, offset), wanted: wanted)
  }

  /// The innermost open bracket speaks for all that are open at the end.
  private mutating func reportUnclosed(_ start: Int) {
    guard !hasReportedEnd else { return }
    hasReportedEnd = true
    let bracket = bytes[start]
    let closing = bracket == .openBrace ? "}" : "]"
    error(
      "this \(String(UnicodeScalar(bracket))) is never closed", at: start, to: start + 1,
      got: "the end of the file", wanted: closing, notes: suspicion)
  }

  /// Where a missing bracket may belong.
  private var suspicion: [String] {
    guard let suspect else { return [] }
    let opened = sources.place(Span(source, suspect.opened, suspect.opened + 1))
    let closed = sources.place(Span(source, suspect.closed, suspect.closed + 1))
    return [
      "by its indentation, the bracket of line \(closed.line) was not meant for the one of line "
        + "\(opened.line); the missing one may belong before it"
    ]
  }

  private func beginsItsLine(_ position: Int) -> Bool {
    var index = position
    while index > 0, bytes[index - 1] == .space || bytes[index - 1] == .tab { index -= 1 }
    return index == 0 || bytes[index - 1] == .newline
  }

  /// Blanks at the start of the line on which `position` stands.
  private func indentation(_ position: Int) -> Int {
    var start = position
    while start > 0, bytes[start - 1] != .newline { start -= 1 }
    var index = start
    while index < bytes.count, bytes[index] == .space || bytes[index] == .tab { index += 1 }
    return index - start
  }

  func span(_ start: Int) -> Span { Span(source, start, offset) }

  mutating func error(
    _ message: String, kind: Fault.Kind = .syntax, at start: Int, to end: Int? = nil,
    got: String? = nil, wanted: String? = nil, suggestion: String? = nil, remedy: String? = nil,
    notes: [String] = []
  ) {
    let place = sources.place(Span(source, start, end ?? start + 1))
    guard place.line != lastErrorLine, errorCount < Self.errorLimit else { return }
    (lastErrorLine, errorCount) = (place.line, errorCount + 1)
    findings.append(
      .error(
        Fault(
          kind, message, got: got, wanted: wanted, suggestion: suggestion, remedy: remedy,
          place: place, path: path.isEmpty ? nil : path.joined(separator: "."), notes: notes)))
  }

  private mutating func duplicate(_ key: String, _ keySpan: Span, first: Span) {
    let earlier = sources.place(first)
    findings.append(
      .warning(
        Fault(
          .invalid, "\(key.jsonQuoted) stands twice in the same object; this one counts",
          remedy: "delete the one of line \(earlier.line), column \(earlier.column)",
          place: sources.place(keySpan), path: path.joined(separator: "."))))
  }
}
