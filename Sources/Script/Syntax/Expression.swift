import Components

/// A stretch of a source: byte offsets into its UTF-8 text.
public struct Span: Sendable, Hashable {
  public var source: SourceID
  public var start: Int
  public var end: Int

  public init(_ source: SourceID, _ start: Int, _ end: Int) {
    (self.source, self.start, self.end) = (source, start, end)
  }
}

/// Names a source in the session's `SourceStore`: a file, a typed line, a `--set`.
public struct SourceID: Sendable, Hashable {
  public let number: Int
  public init(_ number: Int) { self.number = number }
}

/// A tree of the language. A config file and a typed line make the same trees.
public struct Expression: Sendable {
  public var form: Form
  public var span: Span

  public init(_ form: Form, _ span: Span) { (self.form, self.span) = (form, span) }

  public indirect enum Form: Sendable {
    case none
    case bool(Bool)
    /// Numbers keep their spelling, so that `2e-4` is printed back as `2e-4`.
    case int(Int, spelling: String)
    case double(Double, spelling: String)
    case string(String, StringStyle)
    /// `f"…{x:.3f}…"`
    case formatted([FormattedPart])
    /// A bare `name`.
    case name(String)
    /// `<name>` in Étude, `"{name}"` in a config.
    case variable(String)
    /// `"{MMAR_CKPT_DIR}/model.ts"`: text with variables inside; the value is a string.
    case template([TemplatePart])
    /// `@model`, `@train.pre_transforms[2]`.
    case reference(Path)
    case list([Expression])
    case tuple([Expression])
    case dict([DictEntry])
    case component(ComponentExpression)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `a < b <= c`: operands are one more than operators.
    case comparison([Expression], [ComparisonOperator])
    case and(Expression, Expression)
    case or(Expression, Expression)
    case conditional(test: Expression, then: Expression, otherwise: Expression)
    case call(Expression, [CallArgument])
    case attribute(Expression, String)
    case index(Expression, Expression)
    case slice(Expression?, Expression?, Expression?)
    case lambda([Parameter], Expression)
    case comprehension(element: Expression, clauses: [ForClause])
  }

  public enum StringStyle: Sendable, Hashable {
    case plain
    /// `r"…"`: never a config string.
    case raw
  }

  public enum UnaryOperator: String, Sendable { case negate = "-", plus = "+", not = "not" }

  public enum ComparisonOperator: String, Sendable {
    case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">"
    case greaterOrEqual = ">=", contains = "in", notContains = "not in", same = "is", notSame =
      "is not"
  }
}

public enum FormattedPart: Sendable {
  case text(String)
  /// `{expression!r:format}`
  case value(Expression, conversion: String?, format: String)
}

public enum TemplatePart: Sendable {
  case text(String)
  case variable(String)
}

public struct DictEntry: Sendable {
  public var key: Expression
  public var value: Expression
  public init(key: Expression, value: Expression) { (self.key, self.value) = (key, value) }
}

public struct CallArgument: Sendable {
  public var name: String?
  public var nameSpan: Span?
  public var value: Expression
  public init(name: String? = nil, nameSpan: Span? = nil, value: Expression) {
    (self.name, self.nameSpan, self.value) = (name, nameSpan, value)
  }
}

public struct Parameter: Sendable {
  public var name: String
  public var defaultValue: Expression?
  public init(_ name: String, defaultValue: Expression? = nil) {
    (self.name, self.defaultValue) = (name, defaultValue)
  }
}

/// `for targets in iterable if condition …`
public struct ForClause: Sendable {
  public var targets: [String]
  public var iterable: Expression
  public var conditions: [Expression]
  public init(targets: [String], iterable: Expression, conditions: [Expression] = []) {
    (self.targets, self.iterable, self.conditions) = (targets, iterable, conditions)
  }
}

/// `train.handlers[2].save_dir` as written after `@` or on the left of `=`.
public struct Path: Sendable, Hashable, CustomStringConvertible {
  public enum Step: Sendable, Hashable {
    case name(String)
    case index(Int)
    case key(String)
  }
  public var steps: [Step]
  public init(_ steps: [Step]) { self.steps = steps }

  public var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .name(let name): text += text.isEmpty ? name : "." + name
      case .index(let index): text += "[\(index)]"
      case .key(let key): text += "[\(key.quoted)]"
      }
    }
    return text
  }
}

/// A component object: from a JSON config, a pasted dict, or a call of a class of the catalogue.
public struct ComponentExpression: Sendable {
  public enum Target: Sendable, Hashable {
    /// `"name": "UNet"`, `UNet(...)`
    case name(String)
    /// `"path": "my_loss.MyDiceLoss"`; when `name` stands beside it, it is the label `ref` uses.
    case path(String, label: String?)
    /// `{"ref": "LoadImaged"}`
    case ref(String)
    /// `{"ckpt_path": …}`, `{"ts_path": …}`: the argument of that name holds the file.
    case checkpoint
    case torchScript
  }

  public var target: Target
  public var targetSpan: Span
  /// `"name": "LoadImaged#first#b"`, `LoadImaged(…) as first as b`
  public var aliases: [String]
  public var arguments: [NamedExpression]
  /// Keys beside `args`: `rank`, `disabled`, `log_label`, `data_list_key` …
  public var attributes: [NamedExpression]

  public init(
    target: Target, targetSpan: Span, aliases: [String] = [], arguments: [NamedExpression] = [],
    attributes: [NamedExpression] = []
  ) {
    (self.target, self.targetSpan, self.aliases) = (target, targetSpan, aliases)
    (self.arguments, self.attributes) = (arguments, attributes)
  }
}

public struct NamedExpression: Sendable {
  public var name: String
  public var nameSpan: Span
  public var value: Expression
  public init(name: String, nameSpan: Span, value: Expression) {
    (self.name, self.nameSpan, self.value) = (name, nameSpan, value)
  }
}
