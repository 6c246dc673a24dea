/// What could stand where a name was begun.
public struct Completions: Sendable, Equatable {
  /// The typed part that an item replaces, in Unicode scalars of the text. It ends at the cursor: what
  /// stands right of it stays.
  public var range: Range<Int>
  /// The best ones first.
  public var items: [Item]

  public init(range: Range<Int>, items: [Item]) { (self.range, self.items) = (range, items) }

  public struct Item: Sendable, Equatable {
    public enum Kind: String, Sendable {
      case argument, value, variable, component, function, keyword, section, attribute, key, path
      case magic
    }

    /// What stands in the text afterwards.
    public var text: String
    public var kind: Kind
    /// Type and default of an argument, the class of a component: what a list shows beside it.
    public var detail: String
    /// What a list shows for it; the text unless that is long.
    public var label: String

    public init(_ text: String, _ kind: Kind, _ detail: String = "", label: String? = nil) {
      (self.text, self.kind, self.detail, self.label) = (text, kind, detail, label ?? text)
    }
  }
}
