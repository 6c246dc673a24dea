import Components
import Glibc
import Notebook
import Session

/// `etude convert`: the same cells in the other kind of file.
struct NotebookConversion {
  var from: String
  var to: String
  var overwrites = false

  func run(_ front: Front) throws {
    let text = try SourceText.read(file: from)
    guard overwrites || access(to, F_OK) != 0 else {
      throw Fault(
        .file, "\(to.quoted) is there already", remedy: "etude convert \(from) \(to) --overwrite")
    }
    guard NotebookFile.isNotebook(from) else {
      return try LocalFile.write(NotebookFile.ipynb(Notebook(script: text)), to: to)
    }
    let (notebook, notes) = try NotebookFile.read(ipynb: text, name: from)
    try LocalFile.write(notebook.script, to: to)
    for note in notes { front.sink.write(note, to: .note) }
  }
}
