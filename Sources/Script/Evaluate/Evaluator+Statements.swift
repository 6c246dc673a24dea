import Components

/// Statements: at the top they change the workspace, in a function its local names.
extension Evaluator {
  /// Runs statements in order; the first fault ends them.
  public func run(_ statements: [Statement]) throws {
    for statement in statements { _ = try run(statement) }
  }

  /// Runs the body of a function.
  func result(of body: [Statement]) throws -> Value {
    for statement in body {
      if case .returned(let value) = try run(statement) { return value }
    }
    return .none
  }

  private enum Outcome {
    case finished
    case returned(Value)
  }

  private func run(_ statement: Statement) throws -> Outcome {
    do {
      try context.budget.spend()
      try checkCancellation()
      return try execute(statement)
    } catch let fault as Fault where fault.place == nil {
      throw fault.at(sources.place(statement.span))
    }
  }

  private func runBlock(_ body: [Statement]) throws -> Outcome {
    for statement in body {
      if case .returned(let value) = try run(statement) { return .returned(value) }
    }
    return .finished
  }

  private func execute(_ statement: Statement) throws -> Outcome {
    switch statement.form {
    case .expression(let expression):
      let value = try value(of: expression)
      try workspace?.show(value, statement)
    case .assignment(let target, let value): try assign(target, value, statement.span)
    case .update(let target, let operation, let value):
      try update(target, operation, value, statement.span)
    case .delete(let target): try delete(target, statement.span)
    case .conditional(let branches, let otherwise):
      for branch in branches where try isTrue(branch.test) { return try runBlock(branch.body) }
      return try runBlock(otherwise)
    case .loop(let targets, let iterable, let body): return try loop(targets, iterable, body)
    case .assertion(let test, let message): try check(test, message)
    case .definition(let name, let parameters, let body):
      try define(name, parameters, body, statement)
    case .returning(let value):
      guard workspace == nil else { throw Fault(.syntax, "return stands in a def") }
      return .returned(try value.map { try self.value(of: $0) } ?? .none)
    case .section(let name, let body): try section(name, body, statement.span)
    case .configuration(let config):
      guard let workspace else { throw outside("a config") }
      try workspace.load(pasted: config.span)
    }
    return .finished
  }

  private func loop(
    _ targets: [String], _ iterable: Expression, _ body: [Statement]
  ) throws -> Outcome {
    var items = try ValueIterator(try value(of: iterable))
    let saved = targets.map { locals[$0] }
    defer {
      if workspace != nil { for (name, value) in zip(targets, saved) { locals[name] = value } }
    }
    while let item = try items.next() {
      try context.budget.spend()
      try checkCancellation()
      try bind(targets, to: item)
      if case .returned(let value) = try runBlock(body) { return .returned(value) }
    }
    return .finished
  }

  private func check(_ test: Expression, _ message: Expression?) throws {
    if try isTrue(test) { return }
    let printed = Printer().text(test)
    var fault = Fault(.invalid, "assertion failed: \(printed)", place: sources.place(test.span))
    if let message { fault.message = try value(of: message).displayText }
    if case .comparison(let operands, _) = test.form, operands.count == 2 {
      fault.got = try value(of: operands[0]).shortened
    }
    throw fault
  }

  private func section(_ name: String, _ body: [Statement], _ span: Span) throws {
    guard let workspace else { throw outside("a section") }
    let inner = Evaluator(
      workspace: try workspace.section(name, span), sources: sources, context: callContext)
    inner.locals = locals
    defer { performedAction = performedAction || inner.performedAction }
    try inner.run(body)
  }

  private func define(
    _ name: String, _ parameters: [Parameter], _ body: [Statement], _ statement: Statement
  ) throws {
    guard let workspace else { throw outside("a def") }
    if body.reads(name) {
      throw Fault(.unsupported, "\(name) calls itself, which functions here cannot")
    }
    let function = try Closure(
      name: name, parameters: try defaults(of: parameters), body: .statements(body),
      captured: try Capture(parameters, body, by: self), sources: sources, budget: context.budget)
    try workspace.define(name, function, statement)
  }

  private func outside(_ what: String) -> Fault {
    Fault(.unsupported, "\(what) cannot stand in a function; a function returns what it computes")
  }

  // MARK: Assignment

  private func assign(
    _ target: Statement.Target, _ value: Expression, _ span: Span
  ) throws {
    let target = try resolved(target)
    if let local = localRoot(of: target) {
      try set(target, root: local, to: try self.value(of: value))
    } else {
      guard let workspace else { throw outside("this assignment") }
      try workspace.bind(target, value.substituting(locals), captured: locals, span)
    }
  }

  private func update(
    _ target: Statement.Target, _ operation: BinaryOperator, _ value: Expression, _ span: Span
  ) throws {
    let target = try resolved(target)
    if let local = localRoot(of: target), case .path(let path, _) = target {
      guard let root = locals[local] else {
        throw Fault(.unknownName, "\(local) is read before it is set")
      }
      let old = try root.element(at: path.steps.dropFirst(), context.budget)
      let new = try Arithmetic.combine(operation, old, try self.value(of: value), context.budget)
      try set(target, root: local, to: new)
    } else {
      guard let workspace else { throw outside("this assignment") }
      try workspace.update(
        target, operation, value.substituting(locals), captured: locals, span)
    }
  }

  private func delete(_ target: Statement.Target, _ span: Span) throws {
    let target = try resolved(target)
    guard localRoot(of: target) == nil else {
      throw Fault(.unsupported, "loop variables and parameters are not deleted")
    }
    guard let workspace else { throw outside("del") }
    try workspace.delete(target, span)
  }

  /// The local name that a target changes; nil when it changes the workspace.
  private func localRoot(of target: Statement.Target) -> String? {
    switch target {
    case .path(let path, _):
      guard case .name(let name)? = path.steps.first else { return nil }
      return isLocal(name) ? name : nil
    case .names(let names, _):
      return workspace == nil || names.allSatisfy(isLocal) ? names.first : nil
    case .element: return nil
    }
  }

  private func isLocal(_ name: String) -> Bool {
    locals[name] != nil || functionLocals.contains(name)
  }

  private func set(_ target: Statement.Target, root: String, to value: Value) throws {
    switch target {
    case .names(let names, _): try bind(names, to: value)
    case .path(let path, _):
      if path.steps.count == 1 {
        locals[root] = value
      } else {
        guard let old = locals[root] else {
          throw Fault(.unknownName, "\(root) is read before it is set")
        }
        locals[root] = try Nesting.checked(
          try old.replacing(path.steps.dropFirst(), with: value, context.budget), context.budget)
      }
    case .element: break
    }
  }

  /// `runs[name]` as the path it means now.
  private func resolved(_ target: Statement.Target) throws -> Statement.Target {
    guard case .element(let element, let span) = target else { return target }
    var steps: [Path.Step] = []
    var current = element
    while true {
      switch current.form {
      case .name(let name):
        steps.append(.name(name))
        return .path(Path(steps.reversed()), span)
      case .attribute(let base, let name):
        steps.append(.name(name))
        current = base
      case .index(let base, let index):
        switch try value(of: index) {
        case .int(let number): steps.append(.index(number))
        case .string(let key): steps.append(.key(key))
        case let other: throw Fault.wrongType(wanted: "int or string", got: other)
        }
        current = base
      default: throw Fault(.syntax, "nothing can be assigned to this")
      }
    }
  }
}

extension [Statement] {
  fileprivate func reads(_ name: String) -> Bool {
    contains { statement in
      var pending = statement.expressions
      while let expression = pending.popLast() {
        if case .name(name) = expression.form { return true }
        pending += expression.children
      }
      return statement.bodies.contains { $0.reads(name) }
    }
  }
}
