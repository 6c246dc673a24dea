import Components

/// Calls, lambdas and comprehensions.
extension Evaluator {
  func call(_ callee: Expression, _ arguments: [CallArgument], _ span: Span) throws -> Value {
    if case .name(let name) = callee.form, locals[name] == nil,
      let value = try scope.special(name, arguments.map(substituted), captured: locals, span)
    {
      performedAction = true
      return value
    }
    let function = try self.function(callee, arguments)
    var values = Arguments()
    for argument in arguments {
      let value = try value(of: argument.value)
      if let name = argument.name {
        values.named[name] = value
      } else {
        values.positional.append(value)
      }
    }
    return try call(function, values)
  }

  private func substituted(_ argument: CallArgument) -> CallArgument {
    var result = argument
    result.value = argument.value.substituting(locals)
    return result
  }

  /// What is called. `xs.append(3)` is refused here, where the line to type instead is known.
  private func function(_ callee: Expression, _ arguments: [CallArgument]) throws -> Value {
    do {
      return try value(of: callee)
    } catch var fault as Fault {
      if fault.kind == .unsupported, case .attribute(let base, let name) = callee.form,
        let argument = arguments.last, let operation = Methods.update(for: name)
      {
        let printer = Printer()
        let text = printer.text(argument.value)
        fault.remedy =
          "\(printer.text(base)) += " + (operation == .element ? "[\(text)]" : text)
      }
      throw fault
    }
  }

  private func call(_ function: Value, _ arguments: Arguments) throws -> Value {
    let callable: any Callable
    switch function {
    case .function(let function): callable = function
    case .object(let object):
      guard let function = object as? any Callable else { fallthrough }
      callable = function
    default:
      throw Fault(
        .wrongType, "this is not a function", got: "\(function.kindName) \(function.shortened)")
    }
    if callable.effect == .action {
      guard allowsActions else {
        throw Fault(.unsupported, "\(callable.name) acts, and explaining does nothing")
      }
      performedAction = true
    }
    return try callable.call(arguments, callContext)
  }

  func lambda(_ parameters: [Parameter], _ body: Expression, _ span: Span) throws -> Value {
    .function(
      try Closure(
        name: "lambda", parameters: try defaults(of: parameters), body: .expression(body),
        captured: try Capture(parameters, body, by: self), sources: sources, budget: context.budget)
    )
  }

  /// Defaults are computed once, when the function is made.
  func defaults(of parameters: [Parameter]) throws -> [Closure.Parameter] {
    try parameters.map {
      Closure.Parameter(name: $0.name, defaultValue: try $0.defaultValue.map(value(of:)))
    }
  }

  func comprehension(_ element: Expression, _ clauses: [ForClause]) throws -> Value {
    let saved = locals
    defer { locals = saved }
    var result: [Value] = []
    try run(clauses[...]) {
      result.append(try value(of: element))
      try context.budget.allow(size: result.count)
    }
    return try Nesting.checked(.list(result), context.budget)
  }

  private func run(_ clauses: ArraySlice<ForClause>, _ body: () throws -> Void) throws {
    guard let clause = clauses.first else { return try body() }
    var items = try ValueIterator(try value(of: clause.iterable))
    while let item = try items.next() {
      try context.budget.spend()
      try checkCancellation()
      try bind(clause.targets, to: item)
      var isWanted = true
      for condition in clause.conditions where isWanted { isWanted = try isTrue(condition) }
      if isWanted { try run(clauses.dropFirst(), body) }
    }
  }

  /// Sets loop variables: one takes the item, several unpack it.
  func bind(_ targets: [String], to item: Value) throws {
    if targets.count == 1 {
      locals[targets[0]] = item
    } else {
      for (name, value) in zip(targets, try Self.unpack(item, count: targets.count)) {
        locals[name] = value
      }
    }
  }

  /// The `count` elements of a value, for `a, b = value`.
  public static func unpack(_ value: Value, count: Int) throws -> [Value] {
    var iterator = try ValueIterator(value)
    var items: [Value] = []
    while items.count <= count, let item = try iterator.next() { items.append(item) }
    guard items.count == count else {
      throw Fault(
        .invalid, "\(count) names cannot take these values",
        got: items.count > count ? "more than \(count)" : "\(items.count)", wanted: "\(count)")
    }
    return items
  }

  /// Only what the user is waiting for stops; a function that the engine calls finishes, so that an
  /// interrupted run can still save its state.
  func checkCancellation() throws {
    if isInterruptible, context.cancellation.isRequested {
      throw Fault(.interrupted, "interrupted")
    }
  }
}
