import Script

/// Lines that are not of the language.
extension Completer {
  /// Nil where what follows the line's own words is code.
  func magicItems(_ line: MagicLine, _ before: String) -> (items: [Item], start: Int)? {
    func start(of typed: Substring) -> Int { before.utf8.count - typed.utf8.count }
    let name: String
    let mark: String
    switch line.form {
    case .line(let word): (name, mark) = (word, "%")
    case .cell(let word): (name, mark) = (word, "%%")
    case .question:
      guard line.rest.hasPrefix("%") else { return nil }
      return (commands("%"), start(of: line.rest[...]))
    }
    if before.hasSuffix(mark + name) { return (commands(mark), start(of: (mark + name)[...])) }
    switch Magic.named(name)?.text {
    case .path?, .folder?:
      let items = PathItems(line.rest).items
      return (items, start(of: line.rest[...]))
    case .name?:
      let kinds = view.names.map(\.kind) + Section.allCases.map(\.rawValue)
      return (kinds.map { Item($0, .value) }, start(of: line.rest[...]))
    case .code?, nil: return nil
    case .nothing?: return ([], before.utf8.count)
    }
  }

  private func commands(_ mark: String) -> [Item] {
    Magic.all.filter { mark == "%" || $0.takesCells }
      .map { Item(mark + $0.name, .magic, $0.help) }
  }
}
