import Components

/// Components: as a call of the class wherever that reads back the same, else as a config has them.
extension Printer {
  func component(_ component: ComponentExpression) -> String {
    let group = group(component)
    let items = group.items.map { $0.label + text($0.value) }
    return group.open + items.joined(separator: ", ") + group.close
  }

  func group(_ component: ComponentExpression) -> Group {
    callGroup(component) ?? configGroup(component)
  }

  private func callGroup(_ component: ComponentExpression) -> Group? {
    let target = component.target
    guard
      component.aliases.allSatisfy(\.isIdentifier),
      component.arguments.allSatisfy({
        $0.name.isIdentifier && !names.isAttribute($0.name, of: target)
      }),
      component.attributes.allSatisfy({
        $0.name.isIdentifier && names.isAttribute($0.name, of: target)
      })
    else { return nil }
    var items = (component.arguments + component.attributes).map {
      (label: $0.name + "=", value: $0.value)
    }
    let open: String
    switch target {
    case .name(let name):
      guard name.isIdentifier, name != "ref", names.isComponent(name) else { return nil }
      open = name
    case .path(let path, label: nil):
      let parts = path.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count > 1, parts.allSatisfy({ String($0).isIdentifier }),
        names.isComponentPath(path)
      else { return nil }
      open = path
    case .ref(let key):
      open = "ref"
      items.insert(("", Expression(.string(key, .plain), component.targetSpan)), at: 0)
    case .path, .checkpoint, .torchScript: return nil
    }
    return Group(
      open: open + "(", items: items,
      close: ")" + component.aliases.map { " as " + $0 }.joined())
  }

  private func configGroup(_ component: ComponentExpression) -> Group {
    let span = component.targetSpan
    func text(_ key: String, _ text: String) -> (label: String, value: Expression) {
      (literal(key, .plain) + ": ", Expression(.string(text, .plain), span))
    }
    var items: [(label: String, value: Expression)] = []
    var arguments = component.arguments
    let suffix = component.aliases.map { "#" + $0 }.joined()
    var isInline = false
    switch component.target {
    case .name(let name): items.append(text("name", name + suffix))
    case .path(let path, let label):
      items.append(text("path", path))
      if let label { items.append(text("name", label + suffix)) }
    case .ref(let key): items.append(text("ref", key))
    case .checkpoint, .torchScript:
      isInline = true
      let key = if case .checkpoint = component.target { "ckpt_path" } else { "ts_path" }
      for argument in arguments where argument.name == key {
        items.append((literal(key, .plain) + ": ", argument.value))
      }
      arguments.removeAll { $0.name == key }
    }
    if !arguments.isEmpty || !isInline {
      let entries = arguments.map {
        DictEntry(key: Expression(.string($0.name, .plain), $0.nameSpan), value: $0.value)
      }
      items.append((literal("args", .plain) + ": ", Expression(.dict(entries), span)))
    }
    for attribute in component.attributes {
      items.append((literal(attribute.name, .plain) + ": ", attribute.value))
    }
    return Group(open: "{", items: items, close: "}")
  }
}
