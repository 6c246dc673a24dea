import Components
import Script

/// Reads an ipynb; of the outputs nothing is kept. Notes say what a script has no place for.
struct NotebookReader {
  private let sources = SourceStore()
  private let source: SourceID

  /// - Throws: what is wrong with the JSON, a notebook of another language or of a version before 4.
  static func read(_ text: String, name: String) throws(Fault) -> (Notebook, notes: [String]) {
    let reader = NotebookReader(text, name)
    return try reader.notebook()
  }

  private init(_ text: String, _ name: String) { source = sources.add(name: name, text: text) }

  private func notebook() throws(Fault) -> (Notebook, notes: [String]) {
    let (json, findings) = JSONReader.read(source, in: sources)
    if let fault = findings.errors.first { throw fault }
    guard let json, case .list(let cells)? = json["cells"]?.form,
      case .int(let version, _)? = json["nbformat"]?.form, version >= 4
    else {
      throw Fault(
        .format, "\(sources[source].name.quoted) is no notebook",
        wanted: "JSON with cells and nbformat 4")
    }
    try checkLanguage(json)
    var notebook = Notebook(cells: [])
    var hasOutputs = false
    for json in cells {
      if case .list(let outputs)? = json["outputs"]?.form, !outputs.isEmpty { hasOutputs = true }
      notebook.cells.append(try cell(json))
    }
    CellIdentity.complete(&notebook)
    let own = ["kernelspec", "language_info"]
    notebook.metadata = ValueDictionary(
      entries(json["metadata"]).filter { !own.contains($0.0) }.map { ($0.0, $0.1) })
    return (notebook, (hasOutputs ? ["outputs are left out"] : []) + Self.notes(notebook))
  }

  private static func notes(_ notebook: Notebook) -> [String] {
    var notes: [String] = []
    let pasted = notebook.cells.count { !$0.attachments.isEmpty }
    if pasted > 0 { notes.append("pictures pasted into \(pasted) cells are left out") }
    func leave(_ keys: [String], _ holder: String) {
      if keys.isEmpty { return }
      notes.append("metadata of \(holder) is left out: " + keys.joined(separator: ", "))
    }
    leave(
      notebook.cells.flatMap { $0.metadata.map(\.0) }.filter { !Notebook.Cell.isWord($0) }, "cells")
    leave(notebook.metadata.map(\.0), "the notebook")
    return notes
  }

  private func entries(_ json: JSONValue?) -> ValueDictionary {
    if case .dict(let entries)? = json?.value { entries } else { [:] }
  }

  private func checkLanguage(_ json: JSONValue) throws(Fault) {
    let named =
      json["metadata"]?["kernelspec"]?["language"] ?? json["metadata"]?["language_info"]?["name"]
    guard let named, case .string(let language) = named.form, language != NotebookFile.language
    else { return }
    throw Fault(
      .format, "this notebook is written in another language", got: language,
      wanted: NotebookFile.language, place: sources.place(named.span))
  }

  private func cell(_ json: JSONValue) throws(Fault) -> Notebook.Cell {
    guard case .string(let name)? = json["cell_type"]?.form,
      let kind = Notebook.Kind(rawValue: name),
      let text = text(json["source"])
    else {
      throw Fault(
        .format, "this is no cell", wanted: "cell_type and source", place: sources.place(json.span))
    }
    var id = ""
    if case .string(let found)? = json["id"]?.form { id = found }
    var cell = Notebook.Cell(kind, id: id, source: text, metadata: entries(json["metadata"]))
    cell.attachments = entries(json["attachments"])
    return cell
  }

  /// A text, or a list of its lines.
  private func text(_ json: JSONValue?) -> String? {
    switch json?.form {
    case .string(let text)?: return text
    case .list(let lines)?:
      let texts = lines.compactMap { line in
        if case .string(let text) = line.form { text } else { nil }
      }
      return texts.count == lines.count ? texts.joined() : nil
    default: return nil
    }
  }
}
