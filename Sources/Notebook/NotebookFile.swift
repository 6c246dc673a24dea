import Components
import Script

/// A notebook in a file: as cells in a script (`.etude`), or as Jupyter keeps it (`.ipynb`).
public enum NotebookFile {
  /// The name of the language, of its kernel and of its lexer.
  public static let language = "etude"

  public static func isNotebook(_ path: String) -> Bool { path.lowercased().hasSuffix(".ipynb") }

  /// - Returns: The notebook without outputs, and what was left out.
  public static func read(ipynb text: String, name: String) throws(Fault) -> (
    Notebook, notes: [String]
  ) {
    try NotebookReader.read(text, name: name)
  }

  public static func ipynb(_ notebook: Notebook) -> String { NotebookWriter.text(of: notebook) }
}
