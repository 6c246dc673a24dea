import Components

/// What building a node means, after alternatives, `ref`, `disabled`, `rank` and implicit wiring.
public struct Definition: Sendable {
  public var node: Node
  /// Ready to be evaluated; lists hold only what is enabled on this rank.
  public var expression: Expression
  /// Where the names in it are looked up.
  public var section: Section { node.section }
  /// What a `ref` copied.
  public var copied: Node?
}

extension Bindings {
  /// - Throws: when the node is disabled, when no alternative is enabled, when a `ref` fails, and
  ///   for config strings that do not parse.
  public func definition(of node: Node) throws(Fault) -> Definition {
    try prepared(written(node))
  }

  /// A list's components that are built here, with the places they have as written; what is no list
  /// is there itself, disabled or not.
  public func entries(of element: String, in section: Section) throws(Fault) -> [Node] {
    guard let binding = self[section, element] else { return [] }
    guard case .list(let items) = binding.expression.form else { return [binding.node] }
    var entries: [Node] = []
    for (index, item) in items.enumerated() {
      if let component = item.component, try !isBuilt(component, in: section) { continue }
      entries.append(binding.node.child(.index(index)))
    }
    return entries
  }

  /// The node's own expression: the chosen alternative, the copy of a `ref`, completed by wiring;
  /// what is inside is as written.
  func written(_ node: Node) throws(Fault) -> Definition {
    guard let binding = self[node.section, node.name] else {
      throw unknownName(node.name, in: node.section)
    }
    return try written(
      node.path.steps.dropFirst(), in: written(binding.expression, at: binding.node))
  }

  /// What steps lead to inside a definition.
  func written(
    _ steps: some Sequence<Path.Step>, in definition: Definition
  ) throws(Fault) -> Definition {
    var current = definition
    for step in steps {
      let inner = current.node.child(step)
      guard let expression = part(of: current.expression, step) else {
        throw Fault(
          .unknownName, "\(current.node) has no \(Path([step]))", path: inner.configPath)
      }
      current = try written(expression, at: inner)
    }
    return current
  }

  private func written(_ expression: Expression, at node: Node) throws(Fault) -> Definition {
    var expression = expression
    if node.isBinding, SectionElement.single.contains(node.name),
      case .list(let alternatives) = expression.form
    {
      guard let choice = try choice(alternatives, of: node) else {
        throw nothingEnabled(alternatives, of: node, expression.span)
      }
      expression = choice.expression
    }
    guard var component = expression.component else {
      return Definition(node: node, expression: expression)
    }
    if try isDisabled(component, in: node.section) {
      throw Fault(
        .state, "\(node) is disabled",
        remedy: node.section == .top ? nil : "\(node).disabled = False",
        place: sources.place((component.attribute("disabled") ?? expression).span),
        path: node.configPath)
    }
    var copied: Node?
    if case .ref(let key) = component.target {
      let target = try target(ofRef: key, at: component.targetSpan, from: node)
      if let argument = component.arguments.first {
        throw Fault(
          .invalid, "a ref takes no arguments; it is a copy of what it names",
          remedy: "write the component out instead of the ref",
          place: sources.place(argument.nameSpan), path: node.configPath)
      }
      copied = target.node
      let attributes = component.attributes
      component = target.component
      for attribute in attributes {
        component.attributes.removeAll { $0.name == attribute.name }
        component.attributes.append(attribute)
      }
    }
    component = ImplicitWiring.complete(component, at: node, span: expression.span, in: self)
    expression.form = .component(component)
    do throws(Fault) { expression = try strings.expandOwn(expression) } catch {
      throw error.at(nil, path: node.configPath)
    }
    return Definition(node: node, expression: expression, copied: copied)
  }

  /// What is written, made ready: inner components are replaced by their definitions, and those that
  /// are not built are dropped.
  func prepared(_ written: Definition) throws(Fault) -> Definition {
    var definition = written
    definition.expression = try prepared(written.expression, at: written.node)
    return definition
  }

  private func prepared(_ expression: Expression, at node: Node) throws(Fault) -> Expression {
    guard expression.hasInnerComponents else { return expression }
    var result = expression
    switch expression.form {
    case .component(var component):
      for index in component.arguments.indices {
        let step = Path.Step.name(component.arguments[index].name)
        component.arguments[index].value = try preparedPart(
          component.arguments[index].value, at: node.child(step))
      }
      result.form = .component(component)
    case .list(let items): result.form = .list(try prepared(items, at: node))
    case .tuple(let items): result.form = .tuple(try prepared(items, at: node))
    case .dict(var entries):
      for index in entries.indices {
        guard case .string(let key, _) = entries[index].key.form else { continue }
        entries[index].value = try preparedPart(entries[index].value, at: node.child(.key(key)))
      }
      result.form = .dict(entries)
    default: break
    }
    return result
  }

  private func prepared(_ items: [Expression], at node: Node) throws(Fault) -> [Expression] {
    var kept: [Expression] = []
    for (index, item) in items.enumerated() {
      if let component = item.component, try !isBuilt(component, in: node.section) { continue }
      kept.append(try preparedPart(item, at: node.child(.index(index))))
    }
    return kept
  }

  private func preparedPart(_ expression: Expression, at node: Node) throws(Fault) -> Expression {
    guard expression.component != nil else { return try prepared(expression, at: node) }
    return try prepared(written(expression, at: node).expression, at: node)
  }

  /// What one step of a path leads to inside an expression; list entries by index only.
  func part(of expression: Expression, _ step: Path.Step) -> Expression? {
    switch (expression.form, step) {
    case (.component(let component), .name(let name)), (.component(let component), .key(let name)):
      return component.argument(name) ?? component.attribute(name)
    case (.list(let items), .index(let index)), (.tuple(let items), .index(let index)):
      let index = index < 0 ? index + items.count : index
      return items.indices.contains(index) ? items[index] : nil
    case (.dict(let entries), .name(let name)), (.dict(let entries), .key(let name)):
      return entries.last { if case .string(name, _) = $0.key.form { true } else { false } }?.value
    default: return nil
    }
  }

  func unknownName(_ name: String, in section: Section, at span: Span? = nil) -> Fault {
    let scopes = section == .top ? section.lookupOrder : [section]
    let known = scopes.flatMap { names(in: $0) }
    var fault = Fault(
      .unknownName,
      section == .top
        ? "nothing is called \(name.quoted)"
        : "\(section.rawValue) has no \(name.quoted)",
      suggestion: Spelling.nearest(to: name, among: known), place: span.map { sources.place($0) })
    let own = names(in: section)
    if !own.isEmpty { fault.notes = ["\(section.rawValue) has \(own.joined(separator: ", "))"] }
    return fault
  }
}

extension Expression {
  /// Components in it that are not itself.
  fileprivate var hasInnerComponents: Bool {
    guard let component else { return holdsComponents }
    return component.arguments.contains { $0.value.holdsComponents }
  }
}
