import Components

/// A change to one part of an expression, found by the steps of a path.
struct ExpressionEdit {
  let bindings: Bindings
  /// The last step has to lead somewhere; otherwise an argument or a dict key may be new.
  let mustExist: Bool
  /// Nil stands for what is not there; a nil result removes it.
  let change: (Expression?) throws(Fault) -> Expression?

  init(
    bindings: Bindings, mustExist: Bool,
    change: @escaping (Expression?) throws(Fault) -> Expression?
  ) {
    (self.bindings, self.mustExist, self.change) = (bindings, mustExist, change)
  }

  /// `args` in a path is skipped, because arguments are reached directly.
  func apply(
    to expression: Expression, at steps: ArraySlice<Path.Step>, of node: Node
  ) throws(Fault) -> Expression? {
    guard let step = steps.first else { return try change(expression) }
    let rest = steps.dropFirst()
    var result = expression
    switch (expression.form, step.key) {
    case (.component(let component), "args"?) where component.argument("args") == nil:
      guard !rest.isEmpty else {
        throw Fault(
          .invalid, "args as a whole cannot be assigned", remedy: "\(node).<argument> = …")
      }
      return try apply(to: expression, at: rest, of: node)
    case (.component(var component), let key?):
      try edit(&component, key, rest, in: expression, of: node)
      result.form = .component(component)
    case (.dict(var entries), let key?):
      try edit(&entries, key, rest, in: expression, of: node)
      result.form = .dict(entries)
    case (.list(var items), _):
      let (index, isPart) = try entry(step, of: items, node)
      let edited = try apply(
        to: items[index], at: isPart ? steps : rest, of: node.child(.index(index)))
      if let edited { items[index] = edited } else { items.remove(at: index) }
      result.form = .list(items)
    default: throw missing(step, in: expression, of: node)
    }
    return result
  }

  private func edit(
    _ component: inout ComponentExpression, _ key: String, _ rest: ArraySlice<Path.Step>,
    in whole: Expression, of node: Node
  ) throws(Fault) {
    let inner = node.child(.name(key))
    if rest.isEmpty, try retarget(&component, key) { return }
    if let index = component.arguments.lastIndex(where: { $0.name == key }) {
      let edited = try apply(to: component.arguments[index].value, at: rest, of: inner)
      if let edited {
        component.arguments[index].value = edited
      } else {
        component.arguments.remove(at: index)
      }
    } else if let index = component.attributes.lastIndex(where: { $0.name == key }) {
      let edited = try apply(to: component.attributes[index].value, at: rest, of: inner)
      if let edited {
        component.attributes[index].value = edited
      } else {
        component.attributes.remove(at: index)
      }
    } else {
      guard rest.isEmpty, !mustExist else { throw missing(.name(key), in: whole, of: node) }
      guard let added = try change(nil) else { return }
      let entry = NamedExpression(name: key, nameSpan: added.span, value: added)
      if isAttribute(key, of: component) {
        component.attributes.append(entry)
      } else {
        component.arguments.append(entry)
      }
    }
  }

  /// `train.loss.name = "FocalLoss"`: another class with the same arguments.
  private func retarget(_ component: inout ComponentExpression, _ key: String) throws(Fault) -> Bool
  {
    guard ["name", "path"].contains(key), component.argument(key) == nil, !component.isRef,
      let written = component.writtenName
    else { return false }
    let new = try change(Expression(.string(written, .raw), component.targetSpan))
    guard let new, case .string(let text, _) = new.form else {
      throw Fault(.wrongType, "\(key) is text", wanted: "the name of a class")
    }
    guard text != written else { return true }
    component.target = key == "name" ? .name(text) : .path(text, label: nil)
    component.targetSpan = new.span
    return true
  }

  private func isAttribute(_ key: String, of component: ComponentExpression) -> Bool {
    if case .name(let name) = component.target,
      let argument = bindings.catalog[name]?.declaration.arguments.first(where: { $0.name == key })
    {
      return argument.isAttribute
    }
    return ComponentNames.commonAttributes.contains(key)
  }

  private func edit(
    _ entries: inout [DictEntry], _ key: String, _ rest: ArraySlice<Path.Step>,
    in whole: Expression, of node: Node
  ) throws(Fault) {
    let index = entries.lastIndex { entry in
      if case .string(key, _) = entry.key.form { true } else { false }
    }
    guard let index else {
      guard rest.isEmpty, !mustExist else { throw missing(.name(key), in: whole, of: node) }
      guard let added = try change(nil) else { return }
      entries.append(DictEntry(key: Expression(.string(key, .plain), added.span), value: added))
      return
    }
    let edited = try apply(to: entries[index].value, at: rest, of: node.child(.key(key)))
    if let edited { entries[index].value = edited } else { entries.remove(at: index) }
  }

  /// The entry a step names. `isPart` when the step names a part of the only alternative that has
  /// it, as in `model.ckpt_path`.
  private func entry(
    _ step: Path.Step, of items: [Expression], _ node: Node
  ) throws(Fault) -> (index: Int, isPart: Bool) {
    if node.isBinding, SectionElement.single.contains(node.name), let key = step.key {
      let fitting = items.indices.filter { items[$0].component?.argument(key) != nil }
      if let only = fitting.first, fitting.count == 1 { return (only, true) }
    }
    return (try bindings.entryIndex(step, in: items, of: node, at: nil), false)
  }

  /// A step that leads nowhere: says what there is instead.
  private func missing(_ step: Path.Step, in whole: Expression, of node: Node) -> Fault {
    var known: [String] = []
    switch whole.form {
    case .component(let component):
      known = component.arguments.map(\.name) + component.attributes.map(\.name)
    case .dict(let entries):
      known = entries.compactMap { if case .string(let key, _) = $0.key.form { key } else { nil } }
    default: break
    }
    let name = step.key ?? Path([step]).description
    return Fault(
      .unknownName, "\(node) has no \(name.quoted)", got: whole.kindName,
      suggestion: Spelling.nearest(to: name, among: known), path: node.configPath,
      notes: known.isEmpty ? [] : ["it has \(known.joined(separator: ", "))"])
  }
}

extension Path.Step {
  var key: String? {
    switch self {
    case .name(let name), .key(let name): name
    case .index: nil
    }
  }
}

extension Expression {
  /// How messages call what it is.
  public var kindName: String {
    switch form {
    case .component(let component): component.targetText
    case .list: "list"
    case .tuple: "tuple"
    case .dict: "dict"
    case .int: "int"
    case .double: "float"
    case .bool: "bool"
    case .string, .template, .formatted: "string"
    case .none: "None"
    case .variable(let name): "<\(name)>"
    case .reference(let path): "@\(path)"
    default: "expression"
    }
  }
}
