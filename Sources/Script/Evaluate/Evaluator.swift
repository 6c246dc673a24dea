import Components

/// Computes the values of trees. One evaluator serves one thread and one evaluation.
public final class Evaluator {
  /// Evaluations inside each other, counting those of called functions.
  public static let maximumDepth = 600

  let scope: any Scope
  let workspace: (any Workspace)?
  let sources: SourceStore
  var context: CallContext
  var locals: Locals
  /// In a function: names that it assigns somewhere, set or not.
  var functionLocals: Set<String> = []
  private var depth: Int
  /// The user waits for it: a request to stop ends it. So it is for statements; an expression that a
  /// binding computes says so.
  public var isInterruptible: Bool
  /// Something was called that is not the same when called twice.
  public internal(set) var performedAction = false
  /// False refuses such calls: for looking at an expression.
  public var allowsActions = true
  /// Told every value in the order they are computed, those of functions called apart.
  public var observer: ((Expression, Value) -> Void)?

  /// For expressions. `captured` are loop variables the tree may read.
  public init(
    scope: any Scope, sources: SourceStore, context: CallContext, captured: Locals = [:]
  ) {
    (self.scope, workspace, self.sources) = (scope, nil, sources)
    (self.context, locals, depth) = (context, captured, context.depth)
    isInterruptible = false
  }

  /// For statements.
  public init(workspace: any Workspace, sources: SourceStore, context: CallContext) {
    (scope, self.workspace, self.sources) = (workspace, workspace, sources)
    (self.context, locals, depth) = (context, [:], context.depth)
    isInterruptible = true
  }

  /// Throws a `Fault` that carries the place of the innermost expression at fault.
  public func value(of expression: Expression) throws -> Value {
    depth += 1
    defer { depth -= 1 }
    do {
      if depth > Self.maximumDepth {
        throw Fault(.limit, "functions call each other more than \(Self.maximumDepth) levels deep")
      }
      try context.budget.spend()
      let value = try evaluate(expression)
      if let observer { observer(expression, value) }
      return value
    } catch let fault as Fault where fault.place == nil {
      throw fault.at(sources.place(expression.span))
    }
  }

  /// The dispatch alone, so that its stack frame stays small.
  private func evaluate(_ expression: Expression) throws -> Value {
    switch expression.form {
    case .none: .none
    case .bool(let flag): .bool(flag)
    case .int(let number, _): .int(number)
    case .double(let number, _): .double(number)
    case .string(let text, _): .string(text)
    case .formatted(let parts): try formatted(parts)
    case .name(let name): try bareName(name, expression.span)
    case .variable(let name): try scope.variable(name, expression.span)
    case .template(let parts): try template(parts, expression.span)
    case .reference(let path): try scope.reference(path, expression.span)
    case .list(let items): try list(items)
    case .tuple(let items): try tuple(items)
    case .dict(let entries): try dict(entries)
    case .component(let component): try self.component(component, expression.span)
    case .unary(let operation, let operand): try unary(operation, operand)
    case .binary(let operation, let left, let right): try binary(operation, left, right)
    case .comparison(let operands, let operators): try comparison(operands, operators)
    case .and(let left, let right): try either(left, right, stopWhen: false)
    case .or(let left, let right): try either(left, right, stopWhen: true)
    case .conditional(let test, let then, let otherwise):
      try value(of: isTrue(test) ? then : otherwise)
    case .call(let callee, let arguments): try call(callee, arguments, expression.span)
    case .attribute(let base, let name): try attribute(base, name, expression)
    case .index(let base, let index): try self.index(base, index)
    case .slice(let start, let stop, let step): try slice(start, stop, step)
    case .lambda(let parameters, let body): try lambda(parameters, body, expression.span)
    case .comprehension(let element, let clauses): try comprehension(element, clauses)
    }
  }

  /// The context for a call made from here.
  var callContext: CallContext {
    var inner = context
    inner.depth = depth
    return inner
  }

  func isTrue(_ expression: Expression) throws -> Bool {
    try Truth.of(try value(of: expression))
  }

  private func unary(
    _ operation: Expression.UnaryOperator, _ operand: Expression
  ) throws -> Value {
    switch operation {
    case .not: .bool(!(try isTrue(operand)))
    case .plus: try Arithmetic.plus(try value(of: operand))
    case .negate: try Arithmetic.negate(try value(of: operand))
    }
  }

  private func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression
  ) throws -> Value {
    let left = try value(of: left)
    return try Arithmetic.combine(operation, left, try value(of: right), context.budget)
  }

  /// `a < b < c` is `a < b and b < c` with `b` computed once; one comparison gives what it gives, which
  /// for tensors is a tensor.
  private func comparison(
    _ operands: [Expression], _ operators: [Expression.ComparisonOperator]
  ) throws -> Value {
    var left = try value(of: operands[0])
    var result = Value.bool(true)
    for (index, operation) in operators.enumerated() {
      let right = try value(of: operands[index + 1])
      result = try Comparison.compare(operation, left, right, context)
      if index < operators.count - 1, !(try Truth.of(result)) { return result }
      left = right
    }
    return result
  }

  private func either(
    _ left: Expression, _ right: Expression, stopWhen decided: Bool
  ) throws -> Value {
    let first = try value(of: left)
    return try Truth.of(first) == decided ? first : try value(of: right)
  }

  private func list(_ items: [Expression]) throws -> Value {
    try Nesting.checked(.list(try values(of: items)), context.budget)
  }

  private func tuple(_ items: [Expression]) throws -> Value {
    try Nesting.checked(.tuple(try values(of: items)), context.budget)
  }

  private func values(of items: [Expression]) throws -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for item in items { values.append(try value(of: item)) }
    return values
  }

  private func dict(_ entries: [DictEntry]) throws -> Value {
    var dict = ValueDictionary()
    for entry in entries {
      let key = try value(of: entry.key)
      guard case .string(let text) = key else {
        throw Fault(
          .wrongType, "the keys of a dict are strings", got: "\(key.kindName) \(key.shortened)",
          wanted: "string", place: sources.place(entry.key.span))
      }
      dict[text] = try value(of: entry.value)
    }
    return try Nesting.checked(.dict(dict), context.budget)
  }

  private func index(_ base: Expression, _ index: Expression) throws -> Value {
    let receiver = try value(of: base)
    return try Indexing.element(of: receiver, at: try value(of: index), context.budget)
  }

  private func slice(
    _ start: Expression?, _ stop: Expression?, _ step: Expression?
  ) throws -> Value {
    func bound(_ expression: Expression?) throws -> Int? {
      guard let expression else { return nil }
      switch try value(of: expression) {
      case .none: return nil
      case .int(let number): return number
      case let other: throw Fault.wrongType(wanted: "int", got: other)
      }
    }
    return .slice(
      SliceBounds(start: try bound(start), stop: try bound(stop), step: try bound(step)))
  }

  private func formatted(_ parts: [FormattedPart]) throws -> Value {
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .value(let expression, let conversion, let format):
        let value = try value(of: expression)
        let shown = conversion == "r" || conversion == "a" ? .string(value.description) : value
        text += try Formatting.text(shown, format)
      }
      try context.budget.allow(size: text.utf8.count)
    }
    return .string(text)
  }

  private func template(_ parts: [TemplatePart], _ span: Span) throws -> Value {
    var text = ""
    for part in parts {
      switch part {
      case .text(let literal): text += literal
      case .variable(let name): text += try scope.variable(name, span).displayText
      }
      try context.budget.allow(size: text.utf8.count)
    }
    return .string(text)
  }
}

extension Value {
  /// Python's `str`: strings as they are, everything else as it would be typed.
  public var displayText: String {
    if case .string(let text) = self { text } else { description }
  }
}
