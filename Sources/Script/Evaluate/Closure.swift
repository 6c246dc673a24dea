import Components

/// A lambda or a `def`: its body, and the values that it read when it was made. Any thread may call it.
public final class Closure: Callable, Nested {
  public struct Parameter: Sendable {
    public let name: String
    public let defaultValue: Value?
  }

  public enum Body: Sendable {
    case expression(Expression)
    case statements([Statement])
  }

  public let name: String
  public let parameters: [Parameter]
  public let body: Body
  public let effect: Effect
  let nesting: Int
  private let captured: Capture
  private let sources: SourceStore
  private let assigned: Set<String>
  /// The bounds of whoever made it, for calls by the engine.
  private let bounds: (steps: Int, elements: Int)

  init(
    name: String, parameters: [Parameter], body: Body, captured: Capture, sources: SourceStore,
    budget: StepBudget
  ) throws(Fault) {
    (self.name, self.parameters, self.body) = (name, parameters, body)
    (self.captured, self.sources) = (captured, sources)
    bounds = (budget.limit, budget.largestValue)
    effect = captured.callsAction ? .action : .pure
    assigned = if case .statements(let body) = body { body.assignedNames } else { [] }
    var deepest = 0
    for value in captured.values + parameters.compactMap(\.defaultValue) {
      deepest = max(deepest, try Nesting.depth(of: value, budget))
    }
    if deepest >= Nesting.maximum {
      throw Fault(.limit, "functions are built into each other more than \(Nesting.maximum) times")
    }
    nesting = deepest
  }

  /// Called by the engine, each call has a budget of its own; called from a script, it shares the script's.
  public func call(_ arguments: Arguments, _ context: CallContext) throws -> Value {
    var inner = context
    if context.depth == 0 {
      inner.budget = StepBudget(steps: bounds.steps, largestValue: bounds.elements)
    }
    let evaluator = Evaluator(scope: captured, sources: sources, context: inner)
    evaluator.locals = try bind(arguments)
    switch body {
    case .expression(let expression): return try evaluator.value(of: expression)
    case .statements(let statements):
      evaluator.functionLocals = assigned
      return try evaluator.result(of: statements)
    }
  }

  /// The body of a lambda as it would be printed, with what it read when it was made.
  public var definition: String? {
    guard case .expression(let body) = body, effect == .pure, let read = captured.definition else {
      return nil
    }
    var inputs: [String] = []
    for parameter in parameters {
      guard let value = parameter.defaultValue else {
        inputs.append(parameter.name)
        continue
      }
      guard let text = value.definition else { return nil }
      inputs.append("\(parameter.name)=\(text)")
    }
    return "lambda \(inputs.joined(separator: ", ")): \(Printer().text(body)) with \(read)"
  }

  private func bind(_ arguments: Arguments) throws -> Locals {
    guard arguments.positional.count <= parameters.count else {
      throw Fault(
        .invalid, "\(name) takes \(parameters.count) arguments",
        got: "\(arguments.positional.count)", wanted: "\(parameters.count)")
    }
    var locals: Locals = [:]
    for (parameter, value) in zip(parameters, arguments.positional) {
      locals[parameter.name] = value
    }
    for (key, value) in arguments.named {
      guard parameters.contains(where: { $0.name == key }) else {
        throw Fault(
          .unknownArgument, "\(name) has no parameter \(key)",
          suggestion: Spelling.nearest(to: key, among: parameters.map(\.name)))
      }
      guard locals[key] == nil else {
        throw Fault(.invalid, "\(name) is given \(key) twice")
      }
      locals[key] = value
    }
    for parameter in parameters where locals[parameter.name] == nil {
      guard let value = parameter.defaultValue else {
        throw Fault(.missingArgument, "\(name) needs \(parameter.name)")
      }
      locals[parameter.name] = value
    }
    return locals
  }
}
