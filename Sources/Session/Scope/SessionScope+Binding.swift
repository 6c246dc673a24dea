import Components
import Engine
import Script

/// Assignments: bindings are relations, so an expression is kept as a tree; what acted is kept as a
/// value.
extension SessionScope {
  func bind(
    _ target: Statement.Target, _ value: Expression, captured: Locals, _ span: Span
  ) throws {
    // The last value goes on changing; whoever is bound to it means what it is now.
    var captured = captured
    if captured["_"] == nil { captured["_"] = session.bindings.held(Node(.top, "_"))?.value }
    let value = value.substituting(captured)
    if !value.readsName("_") { captured["_"] = nil }
    switch target {
    case .names(let names, _): try bind(names, value, captured, span)
    case .path(let path, _): try bind(path, value, captured, span)
    case .element: throw Fault(.syntax, "nothing can be assigned to this")
    }
  }

  func update(
    _ target: Statement.Target, _ operation: BinaryOperator, _ value: Expression, captured: Locals,
    _ span: Span
  ) throws {
    guard case .path(let path, let pathSpan) = target else {
      throw Fault(.syntax, "\(operation.rawValue)= changes one name")
    }
    var bindings = session.bindings
    let old = try bindings.expression(at: path, from: place)
    let goal = try bindings.target(of: path, from: place)
    // Entries of a component are written, those of plain data are values.
    let isWritten = SectionElement.names.contains(goal.node.name) || old.holdsComponents
    if operation == .add, isWritten || value.holdsComponents, case .list = old.form,
      case .list(let added) = value.form, bindings.held(goal.node) == nil, !session.acts(value)
    {
      try bindings.append(added, to: path, from: place, Provenance(.typed, span))
      try refuseMistakes(in: bindings, at: goal.node)
      session.bindings = bindings
    } else if operation == .add, case .list = old.form, case .component = value.form {
      throw Fault(
        .wrongType, "\(path) is a list, and a list is added to it", wanted: "[…]",
        remedy: "\(path) += [\(session.printer.text(value))]")
    } else {
      let combined = Expression(
        .binary(operation, Self.expression(of: path, old, at: pathSpan), value),
        Span(pathSpan.source, span.start, span.end))
      try bind(path, combined, captured, span)
    }
  }

  /// The name itself, so that a value which cannot be written down is found too; a part by its text.
  private static func expression(of path: Path, _ old: Expression, at span: Span) -> Expression {
    guard case .name(let name)? = path.steps.first, path.steps.count == 1 else { return old }
    return Expression(.name(name), span)
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
    session.bindings = bindings
  }

  func define(_ name: String, _ function: any Callable, _ statement: Statement) throws {
    session.keep(.function(function), as: name, at: statement.span, definition: statement)
  }

  private func bind(
    _ names: [String], _ value: Expression, _ captured: Locals, _ span: Span
  ) throws {
    if case .tuple(let items) = value.form, items.count == names.count,
      !names.contains(where: value.readsName)
    {
      // Written side by side they are as many lines, bound together or not at all.
      let before = session.bindings
      do {
        for (name, item) in zip(names, items) {
          try bind(Path([.name(name)]), item, captured, span)
        }
      } catch {
        session.bindings = before
        throw error
      }
      return
    }
    let values = try evaluate(value, captured).value
    guard let elements = values.elements, elements.count == names.count else {
      throw Fault(
        .invalid, "the right side does not have \(names.count) values", got: values.shortened)
    }
    for (name, value) in zip(names, elements) { session.keep(value, as: name, at: span) }
  }

  private func bind(
    _ path: Path, _ value: Expression, _ captured: Locals, _ span: Span
  ) throws {
    var bindings = session.bindings
    let target = try bindings.target(of: path, from: place)
    if session.action(path.description) != nil {
      throw Fault(.invalid, "\(path) is the name of a built-in", remedy: "\(path)_ = …")
    }
    if try changeData(target, value, captured, span) { return }
    // A name on its own right side means its value before.
    let readsItself = target.steps.isEmpty && value.mentions(target.node.name)
    var held: HeldValue?
    if readsItself || value.isComputed {
      let (result, acted) = try evaluate(value, captured)
      if readsItself || acted || !captured.isEmpty {
        held = HeldValue(result, reads: reads(of: value, in: bindings), source: value)
      }
    } else if session.acts(value) {
      throw Fault(
        .unsupported, "what acts is not repeated when a component is rebuilt; give it a name first",
        remedy: "value = …, and then the component with <value>")
    }
    // An action may have bound names of its own.
    bindings = session.bindings
    let literal = held.flatMap { Expression(value: $0.value, value.span) }
    try bindings.assign(path, from: place, literal ?? value, Provenance(.typed, span))
    if var held {
      if !target.steps.isEmpty, literal == nil {
        held.value = try whole(target, with: held.value)
      }
      if target.steps.isEmpty || literal == nil { bindings.hold(held, for: target.node) }
    }
    try refuseCircle(in: bindings, at: target.node)
    try refuseMistakes(in: bindings, at: target.node)
    if target.steps.isEmpty { sayNearName(target.node) }
    session.bindings = bindings
  }

  /// The value of a binding after one part of it has become `part`, as `runs["a"] = train(1)` wants.
  private func whole(_ target: Bindings.Target, with part: Value) throws -> Value {
    let node = target.node
    guard session.bindings[node.section, node.name]?.expression.holdsComponents == false else {
      throw Fault(
        .unsupported, "an object cannot be written into a component; give it a name first",
        remedy: "value = …, and then \(node) with <value>")
    }
    return try session.value(of: node).replacing(target.steps[...], with: part, StepBudget())
  }

  private func reads(of expression: Expression, in bindings: Bindings) -> [HeldValue.Read] {
    bindings.dependencies(of: expression, from: place).compactMap { read in
      guard read.kind == .object else { return nil }
      let value = bindings.held(read.node)?.value ?? session.workbench.built(read.node)?.value
      return value.map { HeldValue.Read(read.node, read.text, $0) }
    }
  }

  /// `runs["a"] = r` binds `runs` again, to what it is now with one element changed; true when the
  /// target is such a part of plain data.
  private func changeData(
    _ target: Bindings.Target, _ value: Expression, _ captured: Locals, _ span: Span
  ) throws -> Bool {
    let isElement = target.steps.allSatisfy { if case .name = $0 { false } else { true } }
    guard !target.steps.isEmpty, isElement, target.node.section == .top, value.isComputed,
      let binding = session.bindings[.top, target.node.name], binding.expression.isComputed
    else { return false }
    let new = try evaluate(value, captured).value
    let changed = try session.value(of: target.node)
      .replacing(target.steps[...], with: new, session.callContext().budget)
    session.keep(changed, as: target.node.name, at: span)
    return true
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

  /// A name that comes to need itself is told at once, with every step.
  private func refuseCircle(in bindings: Bindings, at node: Node) throws {
    do throws(Fault) { _ = try bindings.buildOrder(for: [node]) } catch {
      // Whatever else is wrong is told where it is read.
      if error.kind == .cycle { throw error }
    }
  }

  /// A component written wrongly is not bound, and neither is a value that a component cannot take;
  /// mistakes that a file brought along stand in no one's way.
  func refuseMistakes(in bindings: Bindings, at node: Node) throws {
    var nodes = [node]
    if node.section == .top, bindings.mentionedVariables.contains(node.name) {
      for reader in bindings.dependents(of: node) where !nodes.contains(reader.binding) {
        nodes.append(reader.binding)
      }
    }
    for reader in nodes {
      let known = session.componentFaults(in: session.bindings, of: reader).map(\.message)
      let found = session.componentFaults(in: bindings, of: reader).first {
        !known.contains($0.message)
      }
      guard var fault = found else { continue }
      if reader != node {
        fault.notes.append("\(reader.shortName) reads \(node.name), so it stays as it was")
      }
      throw fault
    }
  }

  private func evaluate(
    _ expression: Expression, _ captured: Locals
  ) throws -> (value: Value, acted: Bool) {
    let evaluator = Evaluator(
      scope: self, sources: session.sources, context: session.callContext(), captured: captured)
    evaluator.isInterruptible = true
    let value = try evaluator.value(of: expression)
    return (value, evaluator.performedAction)
  }
}

extension EtudeSession {
  /// Whether an expression calls a function that acts, by its name.
  func acts(_ expression: Expression) -> Bool {
    if case .call(let callee, _) = expression.form, let name = callee.dottedName {
      let effect = action(name)?.effect ?? Builtins.named(name)?.effect
      if effect == .action { return true }
    }
    if case .lambda = expression.form { return false }
    return expression.children.contains { acts($0) }
  }
}

extension Expression {
  /// Whether a bare name occurs anywhere in it.
  fileprivate func readsName(_ name: String) -> Bool {
    if case .name(name) = form { return true }
    return children.contains { $0.readsName(name) }
  }

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
