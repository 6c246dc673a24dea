import Components

/// The grammar of this language, for the expressions inside config strings.
public struct EtudeSyntax: ExpressionSyntax {
  private let sources: SourceStore
  private let names: ComponentNames

  public init(_ sources: SourceStore, names: ComponentNames) {
    (self.sources, self.names) = (sources, names)
  }

  /// `text` is what the string means; where the source spells it with escapes, they are read again to
  /// find where each byte was written.
  public func parse(
    _ text: String, in source: SourceID, at offset: Int
  ) throws(Fault) -> Expression {
    let origin = TextOrigin(
      source, base: offset, offsets: offsets(of: text, in: source, at: offset))
    return try Parser.expression(text, at: origin, in: sources, names: names)
  }

  public func print(_ expression: Expression) -> String { Printer(names: names).text(expression) }

  /// Nil when the text stands verbatim at `offset`.
  private func offsets(of text: String, in source: SourceID, at offset: Int) -> [Int]? {
    let bytes = Array(sources[source].text.utf8)
    guard offset >= 0, offset < bytes.count else { return nil }
    let count = text.utf8.count
    if bytes[offset...].starts(with: text.utf8) { return nil }
    // Every byte was written with at most six, `\u0041`.
    let end = min(bytes.count, offset + 6 * count)
    var stop = offset
    while stop < end, bytes[stop] != UInt8(ascii: "\"") {
      stop += bytes[stop] == UInt8(ascii: "\\") ? 2 : 1
    }
    // A text that cannot be decoded is taken as it stands.
    guard stop <= bytes.count,
      let literal = try? StringLiteral.decode(bytes, offset..<stop, isRaw: false),
      literal.text.utf8.starts(with: text.utf8), let offsets = literal.offsets
    else { return nil }
    return Array(offsets.prefix(count)) + [offsets.count > count ? offsets[count] : stop]
  }
}
