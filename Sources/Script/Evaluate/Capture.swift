import Components

/// The values a function read when it was made: the scope its body runs in.
struct Capture: Scope {
  private enum Read: Hashable {
    case name(String)
    case variable(String)
    case reference(Path)
    case component(Span)
  }
  private var reads: [Read: Value] = [:]
  /// Something that is not the same when called twice is called in the body.
  private(set) var callsAction = false

  var values: [Value] { Array(reads.values) }

  /// Everything that was read, by name; nil when one of them is no text.
  var definition: String? {
    var lines: [String] = []
    for (read, value) in reads {
      guard let text = value.definition else { return nil }
      lines.append("\(read)=\(text)")
    }
    return lines.sorted().joined(separator: ", ")
  }

  /// Reads everything that the body of a lambda will.
  init(_ parameters: [Parameter], _ body: Expression, by evaluator: Evaluator) throws {
    try collect(body, bound: Set(parameters.map(\.name)), evaluator)
  }

  /// Reads everything that the body of a `def` will.
  init(_ parameters: [Parameter], _ body: [Statement], by evaluator: Evaluator) throws {
    let bound = Set(parameters.map(\.name)).union(body.assignedNames)
    try collect(body, bound: bound, evaluator)
  }

  // MARK: Scope

  func name(_ name: String, _ span: Span) -> Value? { reads[.name(name)] }

  func variable(_ name: String, _ span: Span) throws -> Value {
    try captured(.variable(name), name)
  }

  func reference(_ path: Path, _ span: Span) throws -> Value {
    try captured(.reference(path), path.description)
  }

  func component(
    _ component: ComponentExpression, captured: Locals, _ span: Span
  ) throws -> Value { try self.captured(.component(span), component.targetText) }

  var knownNames: [String] { [] }

  private func captured(_ read: Read, _ name: String) throws -> Value {
    guard let value = reads[read] else { throw Fault(.unknownName, "nothing is called \(name)") }
    return value
  }

  // MARK: Collecting

  private mutating func collect(
    _ expression: Expression, bound: Set<String>, _ evaluator: Evaluator
  ) throws {
    switch expression.form {
    case .name(let name):
      if !bound.contains(name) { try read(expression, name, evaluator) }
    case .attribute(let base, _):
      guard let path = expression.dottedName else {
        return try collect(base, bound: bound, evaluator)
      }
      let root = String(path.prefix { $0 != "." })
      if !bound.contains(root) { try readDotted(expression, evaluator) }
    case .variable(let name):
      reads[.variable(name)] = try evaluator.value(of: expression)
    case .template(let parts):
      for case .variable(let name) in parts {
        reads[.variable(name)] = try evaluator.value(
          of: Expression(.variable(name), expression.span))
      }
    case .reference(let path): reads[.reference(path)] = try evaluator.value(of: expression)
    case .component(let component):
      if let parameter = component.firstName(in: bound) {
        throw Fault(
          .unsupported,
          "\(component.targetText) is made when the function is, before \(parameter) has a value",
          place: evaluator.sources.place(expression.span))
      }
      reads[.component(expression.span)] = try evaluator.value(of: expression)
    case .lambda(let parameters, let body):
      for parameter in parameters {
        if let value = parameter.defaultValue { try collect(value, bound: bound, evaluator) }
      }
      try collect(body, bound: bound.union(parameters.map(\.name)), evaluator)
    case .comprehension(let element, let clauses):
      var inner = bound
      for clause in clauses {
        try collect(clause.iterable, bound: inner, evaluator)
        inner.formUnion(clause.targets)
        for condition in clause.conditions { try collect(condition, bound: inner, evaluator) }
      }
      try collect(element, bound: inner, evaluator)
    default: for child in expression.children { try collect(child, bound: bound, evaluator) }
    }
  }

  private mutating func read(
    _ expression: Expression, _ name: String, _ evaluator: Evaluator
  ) throws { keep(try evaluator.value(of: expression), as: name) }

  /// Keeps the value of the longest path that names one, which is what the body will ask for first.
  private mutating func readDotted(_ expression: Expression, _ evaluator: Evaluator) throws {
    var current = expression
    var paths: [(String, Span)] = []
    while let path = current.dottedName {
      paths.append((path, current.span))
      guard case .attribute(let base, _) = current.form else { break }
      current = base
    }
    for (path, span) in paths {
      let local = path.contains(".") ? nil : evaluator.locals[path]
      if let value = try local ?? evaluator.scope.name(path, span) { return keep(value, as: path) }
      if let builtin = Builtins.named(path) { return keep(.function(builtin), as: path) }
    }
    _ = try evaluator.value(of: expression)
  }

  private mutating func keep(_ value: Value, as name: String) {
    if case .function(let function) = value, function.effect == .action { callsAction = true }
    reads[.name(name)] = value
  }

  private mutating func collect(
    _ statements: [Statement], bound: Set<String>, _ evaluator: Evaluator
  ) throws {
    for statement in statements {
      for expression in statement.expressions { try collect(expression, bound: bound, evaluator) }
      for body in statement.bodies { try collect(body, bound: bound, evaluator) }
    }
  }
}

extension ComponentExpression {
  /// A name of `bound` that an argument reads.
  fileprivate func firstName(in bound: Set<String>) -> String? {
    var pending = (arguments + attributes).map(\.value)
    while let expression = pending.popLast() {
      if case .name(let name) = expression.form, bound.contains(name) { return name }
      pending += expression.children
    }
    return nil
  }
}
