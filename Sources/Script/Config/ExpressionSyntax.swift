import Components

/// The grammar of expressions, as far as configs need it: `#…`, `lambda …` and `@…` strings.
public protocol ExpressionSyntax: Sendable {
  /// Parses a whole text; spans count from `offset` in `source`.
  func parse(
    _ text: String, in source: SourceID, at offset: Int
  ) throws(Fault) -> Expression
  /// The text again: what stands after `#`, or the whole of `lambda …`.
  func print(_ expression: Expression) -> String
}
