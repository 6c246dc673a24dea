import Script

/// The place where results are read: how wide it is, and whether it shows colour.
public struct Display: Sendable {
  /// Asked each time, because windows change.
  public var columns: @Sendable () -> Int
  public var hasColor: Bool
  /// A terminal that may show pictures, or stand beside windows that do.
  public var isTerminal = false
  /// Every value of an expression that stands alone, as at a prompt; else only that of a cell's last
  /// statement, as in a notebook.
  public var showsEveryValue = true
  /// The same work shows the same text: nothing says how long it took or what was there before.
  public var isRepeatable = false
  /// Shows a long text page by page. Nil where there is nobody to turn pages: then it is written as
  /// any other result.
  public var page: (@Sendable (String) -> Void)?

  /// 100 columns without colour, as files have them.
  public init(
    columns: @escaping @Sendable () -> Int = { 100 }, hasColor: Bool = false,
    page: (@Sendable (String) -> Void)? = nil
  ) {
    (self.columns, self.hasColor, self.page) = (columns, hasColor, page)
  }

  var style: TextStyle { TextStyle(hasColor: hasColor) }
}
