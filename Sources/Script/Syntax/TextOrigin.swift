/// Where the text that is being read came from, so that its positions mean something to the reader.
///
/// A whole source starts at 0. A slice that stands verbatim in a source starts at `base`. A text that
/// was decoded from a string literal with escapes (`"#f(\"a\")"` in a JSON file) brings `offsets`: for
/// each byte of the decoded text, and for its end, the byte offset in the source.
public struct TextOrigin: Sendable {
  public var source: SourceID
  public var base: Int
  public var offsets: [Int]?

  public init(_ source: SourceID, base: Int = 0, offsets: [Int]? = nil) {
    (self.source, self.base, self.offsets) = (source, base, offsets)
  }

  /// The byte offset in the source of a byte offset in the text.
  public func offset(_ local: Int) -> Int {
    guard let offsets, let last = offsets.last else { return base + local }
    return local < offsets.count ? offsets[max(0, local)] : last
  }

  public func span(_ start: Int, _ end: Int) -> Span {
    Span(source, offset(start), max(offset(start), offset(end)))
  }
}
