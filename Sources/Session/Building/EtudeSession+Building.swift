import Components
import Engine
import Script

/// How a session turns definitions into live objects.
extension EtudeSession {
  /// The current value of a node; builds what has to be built.
  func value(of node: Node) throws -> Value {
    try workbench.value(of: node, in: bindingsInForce)
  }

  /// The object built under a name, as seen from a section; nil when nothing has that name.
  func object(_ name: String, in section: Section) throws -> Value? {
    guard let binding = bindings[section, name] else { return nil }
    return try value(of: binding.node)
  }

  /// Gives a name at the top a value, apart from anything that could compute it again. What can be
  /// written down becomes a literal.
  func keep(_ value: Value, as name: String, at span: Span, definition: Statement? = nil) {
    var changed = bindings
    let node = Node(.top, name)
    let literal = Expression(value: value, span)
    changed.bind(name, in: .top, literal ?? Expression(.none, span), Provenance(.typed, span))
    if literal == nil { changed.hold(HeldValue(value, definition: definition), for: node) }
    bindings = changed
  }

  func maker(_ scope: SessionScope, captured: Locals = [:]) throws -> ComponentMaker {
    ComponentMaker(catalog: catalog, sources: sources, context: try runContext()) { expression in
      try Evaluator(
        scope: scope, sources: scope.session.sources, context: scope.session.callContext(),
        captured: captured
      ).value(of: expression)
    }
  }

  /// The maker of the workbench.
  func make(_ definition: Definition, _ parts: [Span: Value]) throws -> Value {
    let scope = SessionScope(self, definition.section, parts: parts)
    let maker = try maker(scope)
    let node = definition.node
    let expression = definition.expression
    if case .component(let component) = expression.form {
      let value = try maker.make(
        component, span: expression.span, node: definition.copied ?? node)
      watch(value)
      guard node.isBinding else { return value }
      return try element(node, [(expression, value)], value)
    }
    let value = try maker.evaluate(expression)
    guard node.isBinding, case .list(let items) = expression.form, case .list(let values) = value
    else { return value }
    return try element(node, Array(zip(items, values)), value)
  }

  /// What `@name` gives for the elements whose built form is not simply a list: transforms become one
  /// pipeline, metrics go by their labels.
  private func element(
    _ node: Node, _ entries: [(expression: Expression, value: Value)], _ plain: Value
  ) throws -> Value {
    if node.section == .top { return plain }
    switch node.name {
    case "pre_transforms", "post_transforms": return .object(try pipeline(entries))
    case "key_metric", "additional_metrics": return .dict(try metrics(entries, in: node.section))
    case "handlers": return .list(entries.map(\.value))
    default: return plain
    }
  }

  private func pipeline(_ entries: [(expression: Expression, value: Value)]) throws -> Compose {
    let parts = try entries.map { entry in
      guard case .object(let object) = entry.value, let part = object as? Compose else {
        throw Fault.wrongType(wanted: "transform", got: entry.value)
          .at(sources.place(entry.expression.span))
      }
      return part
    }
    return Compose(parts)
  }

  private func metrics(
    _ entries: [(expression: Expression, value: Value)], in section: Section
  ) throws -> ValueDictionary {
    var metrics = ValueDictionary()
    for entry in entries {
      guard case .component(let component) = entry.expression.form else { continue }
      let label = try component.attribute("log_label").map {
        try String(argument: bindings.value(of: $0, from: section))
      }
      let name = label ?? component.writtenName ?? "metric"
      if metrics[name] != nil {
        throw Fault(
          .invalid, "two metrics are called \(name.quoted)", remedy: "give each its own log_label",
          place: sources.place(entry.expression.span))
      }
      metrics[name] = entry.value
    }
    return metrics
  }
}
