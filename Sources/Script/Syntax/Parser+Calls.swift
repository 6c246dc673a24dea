import Components

/// Calls, and the two spellings of a component: a call of its class and a dict copied from a config.
extension Parser {
  /// Reads `(arguments)` after `callee`.
  mutating func call(
    _ callee: Expression, from start: Int
  ) throws(ParseStop) -> Expression {
    let tallest = height
    advance()
    let isDict = if case .name("dict") = callee.form { true } else { false }
    if isDict, at(.openBrace) { plainDictStart = token.start }
    let arguments = try callArguments()
    let inner = max(tallest, height)
    try expect(.closeParen, wanted: ", or )")
    if isDict, arguments.count == 1, arguments[0].name == nil,
      case .dict(let entries) = arguments[0].value.form, entries.componentTarget(names) != nil
    {
      return try node(.dict(entries), from: start, over: inner)
    }
    if let target = try target(of: callee, arguments) {
      return try node(
        .component(try component(target, callee.span, arguments)), from: start, over: inner)
    }
    return try node(.call(callee, arguments), from: start, over: inner)
  }

  private mutating func callArguments() throws(ParseStop) -> [CallArgument] {
    var arguments: [CallArgument] = []
    var tallest = 0
    while !at(.closeParen) {
      let argument = try callArgument(isOnly: arguments.isEmpty)
      tallest = max(tallest, height)
      if let name = argument.name, arguments.contains(where: { $0.name == name }) {
        throw mistake("\(name) is given twice", argument.nameSpan ?? argument.value.span)
      }
      if argument.name == nil, arguments.last?.name != nil {
        throw mistake(
          "this argument has no name and follows one that has", argument.value.span,
          remedy: "name=…")
      }
      arguments.append(argument)
      guard accept(.comma) else { break }
    }
    height = tallest
    return arguments
  }

  private mutating func callArgument(isOnly: Bool) throws(ParseStop) -> CallArgument {
    let start = token.start
    if at(.star) || at(.power) {
      throw mistake(
        "arguments are not unpacked here", origin.span(start, token.end), remedy: "f(a, b)")
    }
    if case .name(let name) = token.kind, case .symbol(.assign) = token(after: 1).kind {
      advance()
      let nameSpan = span(from: start)
      advance()
      return CallArgument(name: name, nameSpan: nameSpan, value: try expression())
    }
    let value = try expression()
    if isOnly, at(.for) {
      let tallest = height
      let clauses = try forClauses()
      return CallArgument(
        value: try node(
          .comprehension(element: value, clauses: clauses), from: start, over: max(tallest, height))
      )
    }
    return CallArgument(value: value)
  }

  // MARK: Components

  /// The component a call makes, or nil when it is an ordinary call.
  private func target(
    of callee: Expression, _ arguments: [CallArgument]
  ) throws(ParseStop) -> ComponentExpression.Target? {
    if case .name(let name) = callee.form {
      guard name == "ref" else { return names.isComponent(name) ? .name(name) : nil }
      guard let key = arguments.first, key.name == nil,
        case .string(let text, _) = key.value.form
      else {
        throw mistake(
          "ref needs the name of a component", callee.span, remedy: "ref(\"LoadImaged\")")
      }
      return .ref(text)
    }
    guard let path = callee.dottedName, names.isComponentPath(path) else { return nil }
    return .path(path, label: nil)
  }

  private func component(
    _ target: ComponentExpression.Target, _ targetSpan: Span, _ arguments: [CallArgument]
  ) throws(ParseStop) -> ComponentExpression {
    var component = ComponentExpression(target: target, targetSpan: targetSpan)
    var rest = arguments[...]
    if case .ref = target { rest.removeFirst() }
    for argument in rest {
      guard let name = argument.name else {
        throw mistake(
          "\(component.targetText) takes its arguments by name", argument.value.span,
          wanted: "name=value")
      }
      let named = NamedExpression(
        name: name, nameSpan: argument.nameSpan ?? argument.value.span, value: argument.value)
      if names.isAttribute(name, of: target) {
        component.attributes.append(named)
      } else {
        component.arguments.append(named)
      }
    }
    return component
  }

  func component(
    from entries: [DictEntry], start: Int
  ) throws(ParseStop) -> ComponentExpression? {
    guard let target = entries.componentTarget(names) else { return nil }
    var component = ComponentExpression(target: target, targetSpan: span(from: start))
    let isBundle = entries.contains { $0.keyText == "_target_" }
    for entry in entries {
      let key = entry.keyText ?? ""
      let named = NamedExpression(name: key, nameSpan: entry.key.span, value: entry.value)
      switch key {
      case "_target_", "path", "ref": component.targetSpan = entry.value.span
      case "name":
        if case .name = target { component.targetSpan = entry.value.span }
        guard case .string(let text, _) = entry.value.form else { continue }
        component.aliases = text.split(separator: "#").dropFirst().map(String.init)
      case "args":
        switch entry.value.form {
        case .dict(let arguments):
          for argument in arguments {
            guard let name = argument.keyText else {
              throw mistake("the names of arguments are strings", argument.key.span)
            }
            component.arguments.append(
              NamedExpression(name: name, nameSpan: argument.key.span, value: argument.value))
          }
        case .none: break
        default: throw mistake("args is a dict of named values", entry.value.span, wanted: "{…}")
        }
      case "ckpt_path", "ts_path": component.arguments.append(named)
      case "_disabled_":
        component.attributes.append(
          NamedExpression(name: "disabled", nameSpan: entry.key.span, value: entry.value))
      default:
        if isBundle {
          component.arguments.append(named)
        } else {
          component.attributes.append(named)
        }
      }
    }
    return component
  }
}

extension DictEntry {
  var keyText: String? {
    guard case .string(let text, _) = key.form else { return nil }
    return text
  }
}

extension ComponentExpression {
  /// How messages name it.
  public var targetText: String {
    switch target {
    case .name(let name): name
    case .path(let path, _): path
    case .ref(let key): "ref(\(key.quoted))"
    case .checkpoint: "a checkpoint"
    case .torchScript: "a TorchScript archive"
    }
  }
}

extension Expression {
  /// `a.b.c` when the tree is names and dots alone.
  public var dottedName: String? {
    var parts: [String] = []
    var current = self
    while true {
      switch current.form {
      case .attribute(let base, let name):
        parts.append(name)
        current = base
      case .name(let name):
        parts.append(name)
        return parts.reversed().joined(separator: ".")
      default: return nil
      }
    }
  }
}

extension [DictEntry] {
  /// A dict is a component if it has `ref`, `ckpt_path`, `ts_path` or `_target_`, or a text `name` or
  /// `path` together with `args`, or a name the catalogue knows and otherwise only component keys.
  func componentTarget(_ names: ComponentNames) -> ComponentExpression.Target? {
    let keys = compactMap(\.keyText)
    guard keys.count == count else { return nil }
    func text(_ key: String) -> String? {
      guard let entry = last(where: { $0.keyText == key }),
        case .string(let text, _) = entry.value.form
      else { return nil }
      return text
    }
    if let key = text("ref") { return .ref(key) }
    if keys.contains("ckpt_path") { return .checkpoint }
    if keys.contains("ts_path") { return .torchScript }
    if let target = text("_target_") {
      return target.contains(".") ? .path(target, label: nil) : .name(target)
    }
    let label = text("name").map { String($0.prefix { $0 != "#" }) }
    let target: ComponentExpression.Target
    if let path = text("path") {
      target = .path(path, label: label)
    } else if let label {
      target = .name(label)
    } else {
      return nil
    }
    if keys.contains("args") { return target }
    let spelling = text("path") ?? label ?? ""
    let others = keys.filter { $0 != "name" && $0 != "path" }
    let isKnown =
      names.isComponent(spelling)
      && others.allSatisfy { names.isAttribute($0, of: target) }
    return isKnown ? target : nil
  }
}
