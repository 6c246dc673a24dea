/// What the parser must know of the catalogue: which names are components, and which of their keys
/// stand beside `args` in a config.
public struct ComponentNames: Sendable {
  /// True for a class by its name, an alias or its dotted path.
  public var isComponent: @Sendable (String) -> Bool
  private let isDeclaredAttribute: @Sendable (_ component: String, _ key: String) -> Bool

  /// - Parameter isAttribute: whether the schema of a component declares `key` as an attribute; keys
  ///   that every component has (`rank`, `disabled` …) need no mention.
  public init(
    isComponent: @escaping @Sendable (String) -> Bool,
    isAttribute: @escaping @Sendable (_ component: String, _ key: String) -> Bool = { _, _ in false }
  ) {
    (self.isComponent, isDeclaredAttribute) = (isComponent, isAttribute)
  }

  /// No component is known.
  public static let none = ComponentNames(isComponent: { _ in false })

  public func isAttribute(_ key: String, of component: String) -> Bool {
    Self.commonAttributes.contains(key) || isDeclaredAttribute(component, key)
  }

  /// Keys beside `args` that any component may have.
  public static let commonAttributes: Set<String> = ["disabled", "rank", "apply", "search"]
}
