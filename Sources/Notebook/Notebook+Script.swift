import Components
import Script

/// From the cells of a script to those of a notebook and back.
extension Notebook {
  public init(script text: String) {
    cells = NotebookScript(text).cells.map(Cell.init)
    CellIdentity.complete(&self)
  }

  /// The script with the same cells. An id that follows from what the cell says is not written.
  public var script: String { NotebookScript(cells: scriptCells).text }

  /// Its cells as those of a script.
  var scriptCells: [NotebookScript.Cell] {
    var plain = Notebook(cells: cells)
    for index in cells.indices { plain.cells[index].id = "" }
    CellIdentity.complete(&plain)
    return zip(cells, plain.cells).map { cell, plain in
      cell.scripted(hasOwnID: cell.id != plain.id)
    }
  }
}

extension Notebook.Cell {
  init(_ cell: NotebookScript.Cell) {
    let kind: Notebook.Kind =
      switch cell.kind {
      case .code: .code
      case .text: .markdown
      case .raw: .raw
      }
    var metadata: ValueDictionary = [:]
    if !cell.title.isEmpty { metadata["title"] = .string(cell.title) }
    for key in cell.metadata.keys.sorted() {
      metadata[key] = Self.value(written: cell.metadata[key] ?? "")
    }
    var id = ""
    if case .string(let found)? = metadata["id"], CellIdentity.isValid(found) {
      (id, metadata["id"]) = (found, nil)
    }
    self.init(kind, id: id, source: Self.withoutLastLineEnds(cell.text), metadata: metadata)
  }

  fileprivate func scripted(hasOwnID: Bool) -> NotebookScript.Cell {
    var cell = NotebookScript.Cell(
      kind: kind == .code ? .code : kind == .markdown ? .text : .raw, text: source)
    for (key, value) in metadata where Self.isWord(key) {
      if key == "title", case .string(let title) = value, Self.isPlain(title: title) {
        cell.title = title
      } else {
        cell.metadata[key] = Self.written(value)
      }
    }
    if hasOwnID { cell.metadata["id"] = id.jsonQuoted }
    return cell
  }

  /// A title that would be read as something else is written as metadata.
  private static func isPlain(title: String) -> Bool {
    !title.contains { $0.isNewline || "=[\"{".contains($0) }
      && title == title.split(separator: " ").joined(separator: " ")
  }

  /// Whether a key of metadata can stand before a `=`; others have no place in a script.
  static func isWord(_ key: String) -> Bool {
    !key.isEmpty && !key.contains { $0.isWhitespace || "=[]{}\"".contains($0) }
  }

  /// What is no JSON is the text as it stands.
  private static func value(written text: String) -> Value {
    let sources = SourceStore()
    let (json, findings) = JSONReader.read(sources.add(name: "", text: text), in: sources)
    guard let json, findings.isEmpty else { return .string(text) }
    return json.value
  }

  private static func written(_ value: Value) -> String {
    let span = Span(SourceStore().add(name: "", text: ""), 0, 0)
    return JSONValue(value, span: span).map(JSONWriter.line) ?? "null"
  }

  static func withoutLastLineEnds(_ text: String) -> String {
    var text = text[...]
    while text.last?.isNewline == true { text.removeLast() }
    return String(text)
  }
}
