import Components
import Script

/// A cell that has been read and can be run.
public struct PreparedCell: Sendable {
  /// Its code as it stands in the source, with the values that were given from outside.
  public internal(set) var text: String
  /// The cell of the script it comes from; nil for one that only gives parameters their values.
  public let index: Int?
  /// Where its first line of code stands.
  public let line: Int
  /// Says what a run may be given from outside.
  public internal(set) var setsParameters = false
  /// Gives parameters the values of an earlier run, which those of this one replace.
  var isInjected = false
  let source: SourceID
  let range: Range<Int>
  /// How much longer the text before the next value to be given has become.
  var shift = 0
  /// Nobody types it and nobody reads along: what is only for the prompt is refused.
  var isScript = false
  var parts: [Part]

  struct Part: Sendable {
    var piece: CellPieces.Piece
    /// None for a line that begins with `%` or `?`.
    var statements: [Statement]
  }
}

extension EtudeSession {
  /// Reads a range of a source as a cell.
  ///
  /// - Throws: the first syntax fault; what is still open at the end is one too.
  func prepare(
    _ source: SourceID, range: Range<Int>? = nil, index: Int? = nil
  ) throws(Fault) -> PreparedCell {
    let bytes = Array(sources[source].text.utf8)
    let range = range ?? 0..<bytes.count
    var parts: [PreparedCell.Part] = []
    for piece in CellPieces(source, in: sources, range: range, names).pieces {
      var statements: [Statement] = []
      if case .code(let range) = piece {
        statements = try Parser.script(source, in: sources, range: range, names: names)
      }
      parts.append(PreparedCell.Part(piece: piece, statements: statements))
    }
    return cell(source, range, index, parts)
  }

  func cell(
    _ source: SourceID, _ range: Range<Int>, _ index: Int?, _ parts: [PreparedCell.Part]
  ) -> PreparedCell {
    let bytes = Array(sources[source].text.utf8)[range]
    let start = bytes.firstIndex { $0 > 0x20 } ?? range.lowerBound
    return PreparedCell(
      text: String(decoding: bytes, as: UTF8.self), index: index,
      line: sources.place(Span(source, start, start)).line, source: source, range: range,
      parts: parts)
  }

  /// Reads all code cells of a script, so that none of them runs when one does not parse.
  ///
  /// - Parameter parameters: `name=value` words that take the place of what the script assigns.
  public func prepare(
    script text: String, name: String, parameters: [String] = []
  ) throws -> [PreparedCell] {
    try prepare(script: sources.add(name: name, text: text), parameters: parameters)
  }

  func prepare(script source: SourceID, parameters: [String] = []) throws -> [PreparedCell] {
    try prepare(NotebookScript(sources[source].text), in: source, parameters)
  }

  /// The same of a notebook that is no script: places in it are told by cell.
  public func prepare(
    cells: [NotebookScript.Cell], name: String, parameters: [String] = []
  ) throws -> [PreparedCell] {
    var (cells, text) = (cells, "")
    for index in cells.indices where cells[index].kind == .code {
      let start = text.utf8.count
      text += cells[index].text
      cells[index].range = start..<text.utf8.count
      text += "\n"
    }
    let starts = cells.filter { $0.kind == .code }.map(\.range.lowerBound)
    let source = sources.add(name: name, text: text, cells: starts)
    return try prepare(NotebookScript(cells: cells), in: source, parameters)
  }

  private func prepare(
    _ script: NotebookScript, in source: SourceID, _ parameters: [String]
  ) throws -> [PreparedCell] {
    var cells: [PreparedCell] = []
    for (index, cell) in script.cells.enumerated() where cell.kind == .code {
      var prepared = try prepare(source, range: cell.range, index: index)
      prepared.isScript = !script.isNotebook
      for part in prepared.parts {
        try inspect(part.piece, in: source, isScript: prepared.isScript)
      }
      prepared.setsParameters = cell.isTagged("parameters")
      prepared.isInjected = cell.isTagged("injected-parameters")
      cells.append(prepared)
    }
    try ScriptParameters(parameters, in: sources).apply(to: &cells) {
      text throws(Fault) in
      try prepare(sources.add(name: "<parameters>", text: text))
    }
    return cells
  }

  /// Runs a cell of a notebook. Of its values only that of the last statement is shown, when the
  /// session's display asks for that.
  ///
  /// - Throws: the fault of the first statement that fails, and `interrupted` also after a training that
  ///   was stopped in good order.
  public func run(_ cell: PreparedCell) throws {
    remember(input: cell.text)
    try runEntry(cell)
  }

  private func runEntry(_ cell: PreparedCell) throws {
    publishView()
    try run(parts: cell)
    if cancellation.isRequested { throw Fault(.interrupted, "interrupted") }
  }

  /// Runs what stands in a cell that was just typed, as a whole.
  ///
  /// - Parameter isCounted: It is one of the user's cells, which `%history` lists and whose value `_`
  ///   is; others leave no trace beyond what they do.
  public func runCell(_ text: String, name: String, isCounted: Bool = true) throws {
    if isCounted { remember(input: text) }
    try keepingLast(isCounted) {
      try runEntry(prepare(sources.add(name: name, text: text)))
    }
  }

  func run(parts cell: PreparedCell) throws {
    defer { output.endLine() }
    for (index, part) in cell.parts.enumerated() {
      let isLast = index == cell.parts.count - 1
      try showingValues(isLast) {
        try run(part.statements)
        try perform(part.piece, in: cell.source, isScript: cell.isScript)
      }
    }
  }

  /// Each statement sees what the one before it changed; so do readers on other threads.
  func run(_ statements: [Statement]) throws {
    for (index, statement) in statements.enumerated() {
      defer {
        reportRebuilt()
        publishView()
      }
      let isLast = index == statements.count - 1
      try showingValues(isLast && statement.expression != nil) { try perform(statement) }
    }
  }

  /// A prompt shows every value; a notebook that of a cell's last statement, if it is an expression.
  private func showingValues(_ isLast: Bool, _ work: () throws -> Void) rethrows {
    if isLast || display.showsEveryValue { try work() } else { try output.withoutValues(work) }
  }
}
