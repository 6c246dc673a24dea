import Components

extension ComponentExpression {
  public func argument(_ name: String) -> Expression? {
    arguments.last { $0.name == name }?.value
  }

  public func attribute(_ name: String) -> Expression? {
    attributes.last { $0.name == name }?.value
  }

  /// The class as written, the label or the `ref` key; nil for a model file.
  public var writtenName: String? {
    switch target {
    case .name(let name): name
    case .path(let path, let label): label ?? path
    case .ref(let key): key
    case .checkpoint, .torchScript: nil
    }
  }

  /// Whether an entry of a list goes by `name`: an alias, its class in any spelling, or its label.
  func answers(to name: String, in catalog: Catalog) -> Bool {
    if aliases.contains(name) || writtenName == name { return true }
    if let writtenName, FormerNames.component(writtenName) == name { return true }
    guard let written = className, let own = catalog[written], let asked = catalog[name] else {
      return className?.split(separator: ".").last.map(String.init) == name
    }
    return own == asked
  }

  /// The class, or the class that a `ref` names.
  private var className: String? {
    switch target {
    case .name(let name), .path(let name, _), .ref(let name): name
    case .checkpoint, .torchScript: nil
    }
  }
}

extension Expression {
  public var component: ComponentExpression? {
    if case .component(let component) = form { component } else { nil }
  }
}
