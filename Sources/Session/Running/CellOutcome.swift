import Components
import Script

/// What came of running a piece of text.
public enum CellOutcome: Sendable {
  case done
  /// More lines are needed; `open` is what is: `(`, `:` or `'''`.
  case incomplete(open: String)
}

extension EtudeSession {
  /// Runs what was typed at a prompt; values are shown through the output sink.
  ///
  /// - Throws: the fault of the first statement that fails; those before it have taken effect.
  public func run(_ text: String, name: String) throws -> CellOutcome {
    let source = sources.add(name: name, text: text)
    let pieces = CellPieces(source, in: sources, names).pieces
    // Like a block, a cell under %%name ends with an empty line.
    if case .cellMagic? = pieces.first, !text.hasSuffix("\n") { return .incomplete(open: "%%") }
    var cell = cell(source, 0..<text.utf8.count, nil, [])
    for piece in pieces {
      var statements: [Statement] = []
      if case .code(let range) = piece {
        switch Parser.input(source, in: sources, range: range, names: names) {
        case .fault(let fault):
          remember(input: text)
          throw fault
        case .incomplete(let incomplete): return .incomplete(open: incomplete.opening.mark)
        case .statements(let found): statements = found
        }
      }
      cell.parts.append(PreparedCell.Part(piece: piece, statements: statements))
    }
    remember(input: text)
    publishView()
    try run(parts: cell)
    return .done
  }

  /// Runs a whole script; nothing runs when it does not parse.
  public func runScript(_ text: String, name: String) throws {
    try runScript(sources.add(name: name, text: text))
  }

  func runScript(_ source: SourceID) throws {
    for cell in try prepare(script: source) { try run(parts: cell) }
  }

  /// The code cells of a script.
  func cells(of source: SourceID) throws -> [[Statement]] {
    try NotebookScript(sources[source].text).cells.filter { $0.kind == .code }.map { cell in
      try Parser.script(source, in: sources, range: cell.range, names: names)
    }
  }

  /// One statement, unseen by other threads.
  func perform(_ statement: Statement) throws {
    workbench.beginTurn()
    beginStatement(statement.span)
    let evaluator = Evaluator(
      workspace: SessionScope(self, .top), sources: sources, context: callContext())
    do { try evaluator.run([statement]) } catch let fault as Fault {
      throw fault.at(sources.place(statement.span))
    }
  }

  /// Says what has been rebuilt since the last time, if anything.
  func reportRebuilt() {
    let rebuilt = workbench.takeRebuilt()
    if rebuilt.isEmpty { return }
    let report = RebuildReport(rebuilt, by: workbench, in: bindings, printer)
    if let line = report.line { note(line) }
  }
}

extension Incomplete.Opening {
  /// What a prompt shows for it.
  fileprivate var mark: String {
    switch self {
    case .bracket(let bracket): bracket
    case .block: ":"
    case .tripleQuote: "'''"
    case .continuation: "\\"
    }
  }
}
