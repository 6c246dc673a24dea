import Components

extension Catalog {
  /// Every loss a configuration may name, in alphabetical order.
  public static let losses: [any Buildable.Type] = [DiceLoss.self]
}
