import Components

/// What the parser and the printer must know of the catalogue: which names are components, and which of
/// their keys stand beside `args` in a config.
public struct ComponentNames: Sendable {
  /// True for a class by its name, an alias or its dotted path.
  public var isComponent: @Sendable (String) -> Bool
  private let declaredAttribute: @Sendable (_ component: String, _ key: String) -> Bool?

  /// - Parameter isAttribute: whether the schema of a component declares `key` as an attribute, or as an
  ///   argument; nil when it declares no such key. Keys that every component has (`rank`, `disabled` …)
  ///   need no mention.
  public init(
    isComponent: @escaping @Sendable (String) -> Bool,
    isAttribute: @escaping @Sendable (_ component: String, _ key: String) -> Bool? = { _, _ in nil }
  ) {
    (self.isComponent, declaredAttribute) = (isComponent, isAttribute)
  }

  public init(_ catalog: Catalog) {
    self.init(
      isComponent: { catalog[$0] != nil },
      isAttribute: { component, key in
        catalog[component]?.declaration.arguments.first { $0.name == key }?.isAttribute
      })
  }

  /// No component is known.
  public static let none = ComponentNames(isComponent: { _ in false })

  public func isAttribute(_ key: String, of target: ComponentExpression.Target) -> Bool {
    switch target {
    case .name(let name), .path(let name, _):
      declaredAttribute(name, key) ?? Self.commonAttributes.contains(key)
    case .ref: true
    case .checkpoint, .torchScript: key != "ckpt_path" && key != "ts_path"
    }
  }

  /// `my_loss.MyDiceLoss(…)`: a call of a dotted name is a component when the catalogue knows it or when
  /// its last part is written like a class.
  func isComponentPath(_ path: String) -> Bool {
    if isComponent(path) { return true }
    let last = path.utf8.reversed().prefix { $0 != UInt8(ascii: ".") }
    return last.count < path.utf8.count && last.last.map { (0x41...0x5A).contains($0) } ?? false
  }

  /// Keys beside `args` that any component may have.
  static let commonAttributes: Set<String> = [
    "disabled", "rank", "log_label", "is_key_metric", "data_list_file_path", "data_file_base_dir",
    "data_list_key", "apply", "search",
  ]
}
