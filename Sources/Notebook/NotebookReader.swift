import Components
import Script

/// Reads an ipynb; of the outputs nothing is kept.
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
    var attachments = 0
    for json in cells {
      let cell = try cell(json)
      if case .list(let outputs)? = json["outputs"]?.form, !outputs.isEmpty { hasOutputs = true }
      if case .object(let entries)? = json["attachments"]?.form, !entries.isEmpty {
        attachments += 1
      }
      notebook.cells.append(cell)
    }
    CellIdentity.complete(&notebook)
    var notes: [String] = []
    if hasOutputs { notes.append("outputs are left out") }
    if attachments > 0 { notes.append("pictures pasted into \(attachments) cells are left out") }
    let others = keys(of: json["metadata"]).filter {
      !["kernelspec", "language_info"].contains($0)
    }
    if !others.isEmpty {
      notes.append("metadata of the notebook is left out: " + others.joined(separator: ", "))
    }
    return (notebook, notes)
  }

  private func keys(of json: JSONValue?) -> [String] {
    if case .object(let entries)? = json?.form { entries.map(\.key) } else { [] }
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
    var metadata: ValueDictionary = [:]
    if case .dict(let entries)? = json["metadata"]?.value { metadata = entries }
    var id = ""
    if case .string(let found)? = json["id"]?.form { id = found }
    return Notebook.Cell(kind, id: id, source: text, metadata: metadata)
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
