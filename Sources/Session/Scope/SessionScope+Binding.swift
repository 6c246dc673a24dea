import Components
import Engine
import Script

/// Assignments: bindings are relations, so an expression is kept as a tree; what acted is kept as a
/// value.
extension SessionScope {
  func bind(
    _ target: Statement.Target, _ value: Expression, captured: Locals, _ span: Span
  ) throws {
    let before = session.bindings
    switch target {
    case .names(let names, _): try bind(names, value, captured, span)
    case .path(let path, _): try bind(path, value, captured, span)
    case .element: throw Fault(.syntax, "nothing can be assigned to this")
    }
    session.remember(before)
  }

  func update(
    _ target: Statement.Target, _ operation: BinaryOperator, _ value: Expression, captured: Locals,
    _ span: Span
  ) throws {
    guard case .path(let path, let pathSpan) = target else {
      throw Fault(.syntax, "\(operation.rawValue)= changes one name")
    }
    let before = session.bindings
    let old = try before.expression(at: path, from: place)
    if operation == .add, case .list = old.form, case .list(let added) = value.form {
      var bindings = before
      try bindings.append(added, to: path, from: place, Provenance(.typed, span))
      session.bindings = bindings
    } else {
      let combined = Expression(
        .binary(operation, old, value), Span(pathSpan.source, span.start, span.end))
      try bind(path, combined, captured, span)
    }
    session.remember(before)
  }

  func delete(_ target: Statement.Target, _ span: Span) throws {
    guard case .path(let path, _) = target else { throw Fault(.syntax, "del takes one name") }
    var bindings = session.bindings
    let goal = try bindings.target(of: path, from: place)
    if goal.steps.isEmpty {
      let readers = bindings.readers(of: goal.node)
      if !readers.isEmpty {
        throw Fault(
          .state, "\(path) is read by \(readers.map { "\($0.reader)" }.joined(separator: ", "))",
          notes: readers.map { "\($0.reader) reads \($0.dependency.text)" })
      }
    }
    try bindings.delete(path, from: place, Provenance(.typed, span))
    session.remember(session.bindings)
    session.bindings = bindings
    session.workbench.release(goal.node)
  }

  func define(_ name: String, _ function: any Callable, _ statement: Statement) throws {
    session.keep(.function(function), as: name)
  }

  private func bind(
    _ names: [String], _ value: Expression, _ captured: Locals, _ span: Span
  ) throws {
    let values = try evaluate(value, captured).value
    guard let elements = values.elements, elements.count == names.count else {
      throw Fault(
        .invalid, "the right side does not have \(names.count) values", got: values.shortened)
    }
    for (name, value) in zip(names, elements) { session.keep(value, as: name) }
  }

  private func bind(
    _ path: Path, _ value: Expression, _ captured: Locals, _ span: Span
  ) throws {
    var bindings = session.bindings
    let target = try bindings.target(of: path, from: place)
    let isAction = session.action(path.description) != nil
    if isAction {
      throw Fault(.invalid, "\(path) is the name of a built-in", remedy: "\(path)_ = …")
    }
    // A name on its own right side means its value before.
    let readsItself = target.steps.isEmpty && value.mentions(target.node.name)
    var held: Value?
    if readsItself || value.isComputed {
      let (result, acted) = try evaluate(value, captured)
      if readsItself || acted || !captured.isEmpty { held = result }
    }
    if let held, let literal = Expression(value: held, span), target.steps.isEmpty || readsItself {
      try bindings.assign(path, from: place, literal, Provenance(.typed, span))
      session.workbench.release(target.node)
    } else {
      try bindings.assign(path, from: place, value, Provenance(.typed, span))
      session.workbench.release(target.node)
      if let held, target.steps.isEmpty { session.workbench.hold(held, for: target.node) }
    }
    try refuseMistakes(in: bindings, at: target.node)
    if target.steps.isEmpty { sayNearName(target.node) }
    session.bindings = bindings
  }

  /// A new name at the top that nothing reads and that looks like one that is read was meant to be that
  /// one.
  private func sayNearName(_ node: Node) {
    let bindings = session.bindings
    guard node.section == .top, bindings[.top, node.name] == nil,
      let near = Spelling.nearest(to: node.name, among: bindings.variableNames),
      near != node.name, !bindings.readers(of: Node(.top, near)).isEmpty
    else { return }
    session.note("nothing reads \(node.name); did you mean \(near)?")
  }

  /// A component written wrongly is not bound; mistakes that a file brought along stand in no one's way.
  private func refuseMistakes(in bindings: Bindings, at node: Node) throws {
    let known = session.bindings.componentFaults(of: node).map(\.message)
    if let fault = bindings.componentFaults(of: node).first(where: { !known.contains($0.message) })
    {
      throw fault
    }
  }

  private func evaluate(
    _ expression: Expression, _ captured: Locals
  ) throws -> (value: Value, acted: Bool) {
    let evaluator = Evaluator(
      scope: self, sources: session.sources, context: session.callContext(), captured: captured)
    let value = try evaluator.value(of: expression)
    return (value, evaluator.performedAction)
  }
}

extension Expression {
  /// Whether a bare or bracketed name occurs in it.
  fileprivate func mentions(_ name: String) -> Bool {
    switch form {
    case .name(name), .variable(name): true
    case .component, .lambda: false
    default: children.contains { $0.mentions(name) }
    }
  }

  /// Computed at once when assigned: everything but components and what holds them.
  fileprivate var isComputed: Bool {
    switch form {
    case .component, .lambda, .reference: false
    case .list(let items), .tuple(let items): items.allSatisfy { $0.isComputed }
    case .dict(let entries): entries.allSatisfy { $0.value.isComputed }
    default: true
    }
  }
}
