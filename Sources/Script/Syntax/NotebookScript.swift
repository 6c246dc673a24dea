import Components

/// A script cut into cells at the lines that begin with `# %%`, as Jupytext, VS Code and Spyder cut them.
///
/// `# %% [markdown]` begins a text cell and `# %% [raw]` one for other programs, whose lines are comments;
/// what else stands on the line is the cell's title and its `key=value` metadata, the values as JSON. What stands before the first such line is a code cell of
/// its own, unless it is empty.
public struct NotebookScript: Sendable {
  public enum Kind: Sendable, Hashable { case code, text, raw }

  public struct Cell: Sendable {
    public var kind: Kind
    public var title: String
    /// `tags=["parameters"]`: as written, by key.
    public var metadata: [String: String]
    /// Code as it stands in the file; text without the comment marks.
    public var text: String
    /// The lines below `# %%`, for `Parser.script(_:in:range:)`.
    public var range: Range<Int>

    public init(
      kind: Kind, title: String = "", metadata: [String: String] = [:], text: String,
      range: Range<Int> = 0..<0
    ) {
      (self.kind, self.title, self.metadata) = (kind, title, metadata)
      (self.text, self.range) = (text, range)
    }
  }

  public var cells: [Cell]
  /// Divided into cells; a plain script is one cell without a head.
  public private(set) var isNotebook = true

  public init(cells: [Cell]) { self.cells = cells }

  public init(_ text: String) {
    cells = []
    let bytes = Array(text.utf8)
    var header: Substring?
    var start = 0
    var position = 0
    while position < bytes.count {
      let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if let found = Self.header(bytes[position..<end]) {
        append(bytes, start..<position, header: header)
        header = found
        start = min(end + 1, bytes.count)
      }
      position = end + 1
    }
    append(bytes, start..<bytes.count, header: header)
    isNotebook = header != nil
  }

  /// What stands after `# %%`, or nil for any other line.
  private static func header(_ line: ArraySlice<UInt8>) -> Substring? {
    guard line.starts(with: Array("# %%".utf8)) || line.starts(with: Array("#%%".utf8)) else {
      return nil
    }
    let text = String(decoding: line, as: UTF8.self)
    return text[text.index(text.firstIndex(of: "%") ?? text.startIndex, offsetBy: 2)...]
  }

  private mutating func append(_ bytes: [UInt8], _ range: Range<Int>, header: Substring?) {
    let body = String(decoding: bytes[range], as: UTF8.self)
    guard let header else {
      let isBlank = body.split(whereSeparator: \.isNewline).allSatisfy { line in
        line.hasPrefix("#!") || line.allSatisfy(\.isWhitespace)
      }
      if !isBlank { cells.append(Cell(kind: .code, text: body, range: range)) }
      return
    }
    var cell = Cell(kind: .code, text: body, range: range)
    cell.read(header: header)
    if cell.kind != .code { cell.text = Self.uncommented(body) }
    cells.append(cell)
  }

  private static func uncommented(_ body: String) -> String {
    var lines = lines(of: body).map { line in
      line.hasPrefix("# ") ? line.dropFirst(2) : line.hasPrefix("#") ? line.dropFirst() : line
    }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    return lines.joined(separator: "\n")
  }

  /// A carriage return and a line feed together are one character.
  private static func lines(of text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }

  /// The file that reads back as these cells. A line in a cell that would begin one is moved by blanks.
  public var text: String {
    var result = ""
    for (index, cell) in cells.enumerated() {
      if index > 0, !result.hasSuffix("\n\n") { result += result.hasSuffix("\n") ? "\n" : "\n\n" }
      result += "# %%" + cell.header + "\n"
      if cell.kind == .code, cell.text.isEmpty { continue }
      let lines = Self.lines(of: cell.text)
      for line in lines {
        var line = cell.kind == .code ? String(line) : line.isEmpty ? "#" : "# " + line
        if Self.header(Array(line.utf8)[...]) != nil {
          line = "#  " + line.dropFirst().drop { $0 == " " }
        }
        result += line + "\n"
      }
      if cell.kind == .code, lines.last?.isEmpty == true { result.removeLast() }
    }
    return result
  }
}

extension NotebookScript.Cell {
  /// ` [markdown] Title tags=["a", "b"]`
  fileprivate mutating func read(header: Substring) {
    var title: [Substring] = []
    for word in Self.words(of: header) {
      if word == "[markdown]" || word == "[md]" {
        kind = .text
      } else if word == "[raw]" {
        kind = .raw
      } else if let equals = word.firstIndex(of: "="), equals != word.startIndex {
        metadata[String(word[..<equals])] = String(word[word.index(after: equals)...])
      } else {
        title.append(word)
      }
    }
    self.title = title.joined(separator: " ")
  }

  fileprivate var header: String {
    let mark =
      switch kind {
      case .code: ""
      case .text: " [markdown]"
      case .raw: " [raw]"
      }
    let words = metadata.keys.sorted().map { "\($0)=\(metadata[$0] ?? "")" }
    return mark + ([title] + words).filter { !$0.isEmpty }.map { " " + $0 }.joined()
  }

  /// What blanks divide; a blank within quotes or brackets of a value divides nothing.
  private static func words(of header: Substring) -> [Substring] {
    var words: [Substring] = []
    var start: Substring.Index?
    var (hasValue, depth) = (false, 0)
    var (isQuoted, isEscaped) = (false, false)
    for index in header.indices {
      let character = header[index]
      if character.isWhitespace, depth == 0, !isQuoted {
        if let begin = start { words.append(header[begin..<index]) }
        (start, hasValue) = (nil, false)
        continue
      }
      if start == nil { start = index }
      if !hasValue {
        hasValue = character == "="
      } else if isQuoted {
        isQuoted = character != "\"" || isEscaped
        isEscaped = character == "\\" && !isEscaped
      } else {
        if character == "\"" { isQuoted = true }
        if "[{".contains(character) { depth += 1 }
        if "]}".contains(character) { depth -= 1 }
      }
    }
    if let start { words.append(header[start...]) }
    return words
  }
}
