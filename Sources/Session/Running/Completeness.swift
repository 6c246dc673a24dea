import Components
import Script

/// Whether what was typed can be run as it stands.
public enum Completeness: Sendable, Equatable {
  case complete
  /// More lines are needed, the next one indented like this.
  case incomplete(indent: String)
  /// No further line makes it right.
  case invalid
}

extension EtudeSession {
  /// Any thread may ask, at any time.
  public func completeness(of text: String) -> Completeness {
    let sources = SourceStore()
    let source = sources.add(name: "", text: text)
    let pieces = CellPieces(source, in: sources, names).pieces
    if case .cellMagic? = pieces.first, !text.hasSuffix("\n") { return .incomplete(indent: "") }
    for case .code(let range) in pieces {
      switch Parser.input(source, in: sources, range: range, names: names) {
      case .statements: continue
      case .fault: return .invalid
      case .incomplete(let incomplete):
        return .incomplete(indent: Self.indent(after: text, incomplete.opening))
      }
    }
    return .complete
  }

  /// That of the last line, and two more behind a colon.
  private static func indent(after text: String, _ opening: Incomplete.Opening) -> String {
    if opening == .tripleQuote { return "" }
    let line = text.split(separator: "\n").last ?? ""
    let indent = line.prefix { $0 == " " }
    let isOpened = line.last { !$0.isWhitespace } == ":"
    return indent + (isOpened ? "  " : "")
  }
}
