import Components
import Glibc
import Session

/// What the one word after `etude` means.
enum OpenedFile: Equatable {
  /// Run it, line by line in this order.
  case script(String)
  /// Hand it to `load`: an MMAR folder or a config.
  case config(String)
  case standardInput

  /// - Parameter commands: The names that may have been meant when there is no such file.
  init(_ word: String, commands: [String]) throws(Fault) {
    if word == "-" {
      self = .standardInput
      return
    }
    var status = stat()
    guard stat(word, &status) == 0 else {
      throw Fault(
        .usage, "no file, folder or command is called \(word.quoted)",
        suggestion: Spelling.nearest(to: word, among: commands), remedy: "etude --help")
    }
    if word.lowercased().hasSuffix(".ipynb") { throw .notebook(word) }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    let isConfig = [".json", ".yaml", ".yml"].contains { word.lowercased().hasSuffix($0) }
    self = isFolder || isConfig ? .config(word) : .script(word)
  }
}
