/// One piece of output in every form that somebody can read it in; the text is always there.
public struct RichOutput: Sendable, Equatable {
  /// What a terminal shows.
  public var text: String
  public var html: String?
  public var svg: String?
  /// The bytes of the file.
  public var png: [UInt8]?

  public init(_ text: String, html: String? = nil, svg: String? = nil, png: [UInt8]? = nil) {
    (self.text, self.html, self.svg, self.png) = (text, html, svg, png)
  }
}

/// A form of output. Forms that a reader has no use for need not be made.
public enum RichForm: Sendable, Hashable {
  case text, html, svg, png
}

/// What an output is to those who read it.
public enum OutputRole: Sendable, Hashable {
  /// The value of an expression that stands alone.
  case value
  /// What was asked to be shown: a picture, a table.
  case display
  /// Takes the place of what had the same id before. Ids are never used twice.
  case live(id: String)
}
