import Components

/// Names, dotted names, attributes and components.
extension Evaluator {
  func bareName(_ name: String, _ span: Span) throws -> Value {
    if let value = try lookUp(name, span) { return value }
    throw unknown(name, span)
  }

  private func lookUp(_ name: String, _ span: Span) throws -> Value? {
    if let value = locals[name] { return value }
    if functionLocals.contains(name) {
      throw Fault(.unknownName, "\(name) is read before it is set")
    }
    return try scope.name(name, span) ?? Builtins.named(name).map { .function($0) }
  }

  private func unknown(_ name: String, _ span: Span) -> Fault {
    if let other = PythonNames.instead(of: name) {
      return Fault(
        .unknownName, "there is no \(name) here; \(other.reason)", remedy: other.remedy,
        place: sources.place(span))
    }
    let known = scope.knownNames + locals.keys + Builtins.all.map(\.name)
    return Fault(
      .unknownName, "nothing is called \(name)",
      suggestion: Spelling.nearest(to: name, among: known), place: sources.place(span))
  }

  func attribute(_ base: Expression, _ name: String, _ expression: Expression) throws -> Value {
    if let found = try dotted(expression) { return found }
    return try Attributes.value(of: name, in: try value(of: base))
  }

  /// The value of a name with dots whose first part is no local: the scope is asked for the longest
  /// path it knows, the rest are attributes. Nil when the tree is something else.
  private func dotted(_ expression: Expression) throws -> Value? {
    var parts: [String] = []
    var spans: [Span] = []
    var current = expression
    while case .attribute(let base, let name) = current.form {
      parts.append(name)
      spans.append(current.span)
      current = base
    }
    guard case .name(let root) = current.form, locals[root] == nil, !functionLocals.contains(root)
    else { return nil }
    parts.append(root)
    spans.append(current.span)
    parts.reverse()
    spans.reverse()
    for count in stride(from: parts.count, to: 0, by: -1) {
      let path = parts[..<count].joined(separator: ".")
      let found =
        try scope.name(path, spans[count - 1]) ?? Builtins.named(path).map { .function($0) }
      guard var value = found else { continue }
      for index in count..<parts.count {
        do {
          value = try Attributes.value(of: parts[index], in: value)
        } catch let fault as Fault {
          throw fault.at(sources.place(spans[index]))
        }
      }
      return value
    }
    if Builtins.packages.contains(root) {
      let path = parts.joined(separator: ".")
      let known = scope.knownNames + Builtins.all.map(\.name)
      throw Fault(
        .unknownName, "\(path) is not known here",
        suggestion: Spelling.nearest(to: parts[parts.count - 1], among: known),
        notes: ["there is no Python here: only the classes and functions that help() lists"])
    }
    throw unknown(root, spans[0])
  }

  func component(_ component: ComponentExpression, _ span: Span) throws -> Value {
    guard !locals.isEmpty else { return try scope.component(component, captured: [:], span) }
    let tree = Expression(.component(component), span).substituting(locals)
    guard case .component(let substituted) = tree.form else {
      return try scope.component(component, captured: locals, span)
    }
    return try scope.component(substituted, captured: locals, span)
  }
}
