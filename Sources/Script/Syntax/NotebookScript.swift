import Components

/// A script cut into cells at the lines that begin with `# %%`, as Jupytext, VS Code and Spyder cut them.
///
/// `# %% [markdown]` begins a text cell, whose lines are comments; what else stands on the line is the
/// cell's title and its `key=value` metadata. What stands before the first such line is a code cell of
/// its own, unless it is empty.
public struct NotebookScript: Sendable {
  public enum Kind: Sendable, Hashable { case code, text }

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
      let isBlank = body.split(separator: "\n").allSatisfy { line in
        line.hasPrefix("#!") || line.allSatisfy(\.isWhitespace)
      }
      if !isBlank { cells.append(Cell(kind: .code, text: body, range: range)) }
      return
    }
    var cell = Cell(kind: .code, text: body, range: range)
    cell.read(header: header)
    if cell.kind == .text { cell.text = Self.uncommented(body) }
    cells.append(cell)
  }

  private static func uncommented(_ body: String) -> String {
    var lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("# ") ? line.dropFirst(2) : line.hasPrefix("#") ? line.dropFirst() : line
    }
    while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
    return lines.joined(separator: "\n")
  }

  /// The file that reads back as these cells.
  public var text: String {
    var result = ""
    for (index, cell) in cells.enumerated() {
      if index > 0, !result.hasSuffix("\n\n") { result += result.hasSuffix("\n") ? "\n" : "\n\n" }
      result += "# %%" + (cell.kind == .text ? " [markdown]" : "")
      if !cell.title.isEmpty { result += " " + cell.title }
      for key in cell.metadata.keys.sorted() { result += " \(key)=\(cell.metadata[key] ?? "")" }
      result += "\n"
      if cell.kind == .text {
        for line in cell.text.split(separator: "\n", omittingEmptySubsequences: false) {
          result += (line.isEmpty ? "#" : "# " + line) + "\n"
        }
      } else {
        result += cell.text.hasSuffix("\n") || cell.text.isEmpty ? cell.text : cell.text + "\n"
      }
    }
    return result
  }
}

extension NotebookScript.Cell {
  /// ` [markdown] Title tags=["a", "b"]`
  fileprivate mutating func read(header: Substring) {
    var words: [Substring] = []
    for word in header.split(whereSeparator: \.isWhitespace) {
      let isOpen = words.last.map { $0.contains("[") && !$0.contains("]") && $0.contains("=") }
      if isOpen == true, let last = words.popLast() {
        words.append(last + " " + word)
      } else {
        words.append(word)
      }
    }
    var title: [Substring] = []
    for word in words {
      if word == "[markdown]" || word == "[md]" {
        kind = .text
      } else if let equals = word.firstIndex(of: "="), equals != word.startIndex {
        metadata[String(word[..<equals])] = String(word[word.index(after: equals)...])
      } else {
        title.append(word)
      }
    }
    self.title = title.joined(separator: " ")
  }
}
