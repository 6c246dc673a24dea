import Components

/// Values of loop variables and parameters, by name.
public typealias Locals = [String: Value]

/// What an expression may read. The session answers for what it holds; loop variables, parameters and
/// built-ins are the evaluator's own.
public protocol Scope: Sendable {
  /// A bare `name` or a dotted one such as `train.optimizer` or `monai.handlers.from_engine`; the
  /// evaluator asks for the longest path first. Nil when nothing has that name.
  func name(_ name: String, _ span: Span) throws -> Value?
  /// `<name>`
  func variable(_ name: String, _ span: Span) throws -> Value
  /// `@model`, `@train.handlers[2]`
  func reference(_ path: Path, _ span: Span) throws -> Value
  /// A component written in place. Loop variables that can be written down already stand in its tree as
  /// literals; `captured` holds the others.
  func component(
    _ component: ComponentExpression, captured: Locals, _ span: Span
  ) throws -> Value
  /// A call whose arguments must not be evaluated first, such as `insert(train.handlers, 2, …)` or
  /// `explain(@optimizer)`. Nil when `name` is an ordinary function.
  func special(
    _ name: String, _ arguments: [CallArgument], captured: Locals, _ span: Span
  ) throws -> Value?
  /// Every bare name there is, for did-you-mean.
  var knownNames: [String] { get }
}

extension Scope {
  public func special(
    _ name: String, _ arguments: [CallArgument], captured: Locals, _ span: Span
  ) throws -> Value? { nil }
}

/// What statements change.
public protocol Workspace: Scope {
  /// `name = expression`, `train.optimizer.lr = …`, `a, b = …`. The expression is handed over as a tree,
  /// so that the binding can be a relation; `.element` targets arrive as paths.
  func bind(
    _ target: Statement.Target, _ value: Expression, captured: Locals, _ span: Span
  ) throws
  /// `target += expression` and its kin.
  func update(
    _ target: Statement.Target, _ operation: BinaryOperator, _ value: Expression, captured: Locals,
    _ span: Span
  ) throws
  func delete(_ target: Statement.Target, _ span: Span) throws
  /// `def name(…):`; the statement is what `save` writes back.
  func define(_ name: String, _ function: any Callable, _ statement: Statement) throws
  /// A whole config that was pasted, by the span of its text.
  func load(pasted span: Span) throws
  /// The value of an expression that stands alone. Silent statements come here too.
  func show(_ value: Value, _ statement: Statement) throws
  /// The scope inside `train:` or `validate:`.
  func section(_ name: String, _ span: Span) throws -> any Workspace
}
