import Components

/// One statement of a script.
public struct Statement: Sendable {
  public var form: Form
  public var span: Span
  /// The line ended in `;`: its value is not shown.
  public var isSilent: Bool

  public init(_ form: Form, _ span: Span, isSilent: Bool = false) {
    (self.form, self.span, self.isSilent) = (form, span, isSilent)
  }

  public indirect enum Form: Sendable {
    case expression(Expression)
    case assignment(Target, Expression)
    /// `+=` and its kin.
    case update(Target, BinaryOperator, Expression)
    case delete(Target)
    case conditional([(test: Expression, body: [Statement])], otherwise: [Statement])
    case loop(targets: [String], iterable: Expression, body: [Statement])
    case assertion(Expression, message: Expression?)
    case definition(name: String, parameters: [Parameter], body: [Statement])
    case returning(Expression?)
    /// `train:` / `validate:` with an indented block.
    case section(String, [Statement])
    /// A whole config, pasted; its span is its text.
    case configuration(Expression)
  }

  public enum Target: Sendable {
    case path(Path, Span)
    /// `a, b = …`
    case names([String], Span)
    /// `runs[name] = …`: a path with a step that has to be computed first.
    case element(Expression, Span)
  }
}

extension Statement {
  /// The expression, when the statement is nothing else.
  public var expression: Expression? {
    if case .expression(let expression) = form { expression } else { nil }
  }
}
