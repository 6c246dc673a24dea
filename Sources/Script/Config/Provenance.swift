import Components

/// Where a binding was written. Later kinds win over earlier ones.
public struct Provenance: Sendable, Hashable {
  public enum Kind: Int, Sendable, Comparable {
    case config, environment, commandLine, typed

    public static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }
  }

  public var kind: Kind
  /// The value's place in its source.
  public var span: Span

  public init(_ kind: Kind, _ span: Span) { (self.kind, self.span) = (kind, span) }
}
