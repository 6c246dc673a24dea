import Components

/// Values that need no evaluator: literals, variables, text with variables, and simple logic on
/// them.
extension Bindings {
  /// - Throws: an unknown variable, or `unsupported` where only an evaluator could answer.
  public func value(of expression: Expression, from section: Section) throws(Fault) -> Value {
    try value(of: expression, from: section, reading: [])
  }

  private func value(
    of expression: Expression, from section: Section, reading: [Node]
  ) throws(Fault) -> Value {
    if let literal = expression.literal { return literal }
    switch expression.form {
    case .variable(let name), .name(let name):
      return try value(ofVariable: name, at: expression.span, from: section, reading: reading)
    case .template(let parts):
      var text = ""
      for part in parts {
        switch part {
        case .text(let literal): text += literal
        case .variable(let name):
          let value = try value(
            ofVariable: name, at: expression.span, from: section, reading: reading)
          if case .string(let inner) = value { text += inner } else { text += value.description }
        }
      }
      return .string(text)
    case .list(let items): return .list(try values(of: items, section, reading))
    case .tuple(let items): return .tuple(try values(of: items, section, reading))
    case .dict(let entries):
      var dict = ValueDictionary()
      for entry in entries {
        guard case .string(let key, _) = entry.key.form else {
          return try evaluated(expression, section)
        }
        dict[key] = try value(of: entry.value, from: section, reading: reading)
      }
      return .dict(dict)
    case .unary(.not, let operand):
      return .bool(try !value(of: operand, from: section, reading: reading).isTruthy)
    case .unary(.negate, let operand):
      switch try value(of: operand, from: section, reading: reading) {
      case .int(let number) where number != .min: return .int(-number)
      case .double(let number): return .double(-number)
      default: return try evaluated(expression, section)
      }
    case .and(let left, let right):
      let first = try value(of: left, from: section, reading: reading)
      return first.isTruthy ? try value(of: right, from: section, reading: reading) : first
    case .or(let left, let right):
      let first = try value(of: left, from: section, reading: reading)
      return first.isTruthy ? first : try value(of: right, from: section, reading: reading)
    case .conditional(let test, let then, let otherwise):
      let isTrue = try value(of: test, from: section, reading: reading).isTruthy
      return try value(of: isTrue ? then : otherwise, from: section, reading: reading)
    default: return try evaluated(expression, section)
    }
  }

  private func values(
    of items: [Expression], _ section: Section, _ reading: [Node]
  ) throws(Fault) -> [Value] {
    var values: [Value] = []
    for item in items { values.append(try value(of: item, from: section, reading: reading)) }
    return values
  }

  private func evaluated(_ expression: Expression, _ section: Section) throws(Fault) -> Value {
    if let evaluate { return try evaluate(expression, section) }
    throw Fault(
      .unsupported, "this value is known only once the session has computed it",
      place: sources.place(expression.span))
  }

  private func value(
    ofVariable name: String, at span: Span, from section: Section, reading: [Node]
  ) throws(Fault) -> Value {
    let binding = try variable(name, at: span, from: section)
    if let held = binding.held { return held.value }
    guard !reading.contains(binding.node) else {
      let names = (reading + [binding.node]).map(\.description).joined(separator: " → ")
      throw Fault(.cycle, "\(names) is a circle", place: sources.place(span))
    }
    return try value(
      of: binding.expression, from: binding.section, reading: reading + [binding.node])
  }

  /// The binding that `<name>` or `"{name}"` means.
  public func variable(
    _ name: String, at span: Span, from section: Section
  ) throws(Fault) -> Binding {
    guard let binding = lookup(name, from: section) else { throw unknownVariable(name, at: span) }
    if binding.expression.component != nil {
      throw Fault(
        .wrongType, "\(name) is a component, not a variable", remedy: "@\(name)",
        place: sources.place(span))
    }
    return binding
  }

  /// The names that stand for values.
  public var variableNames: [String] {
    bindings(in: .top).filter { $0.expression.component == nil }.map(\.name)
  }

  func unknownVariable(_ name: String, at span: Span) -> Fault {
    let near = Spelling.nearest(to: name, among: variableNames)
    return Fault(
      .unknownName, "no variable is called \(name.quoted)", suggestion: near,
      remedy: near == nil ? "\(name) = …" : nil, place: sources.place(span),
      notes: ["set it in config/environment.json, with --set \(name)=…, or as a line \(name) = …"])
  }
}

extension Expression {
  /// The value of a literal without parts; nil for everything else.
  public var literal: Value? {
    switch form {
    case .none: Value.none
    case .bool(let flag): .bool(flag)
    case .int(let number, _): .int(number)
    case .double(let number, _): .double(number)
    case .string(let text, _): .string(text)
    default: nil
    }
  }
}
