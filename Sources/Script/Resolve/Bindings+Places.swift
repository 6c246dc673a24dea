import Components

/// From a place in a text back to its name in the config.
extension Bindings {
  /// `train.optimizer.args.lr` for what is written at `place`, as far as the node's tree reaches it; the
  /// node's own path otherwise.
  public func configPath(of place: Place?, in node: Node) -> String {
    guard let place, let binding = self[node.section, node.name] else { return node.configPath }
    return way(to: place, in: binding.expression, binding.node.configPath) ?? node.configPath
  }

  private func way(to place: Place, in expression: Expression, _ path: String) -> String? {
    func isHere(_ span: Span) -> Bool {
      let here = sources.place(span)
      return (here.source, here.line, here.column) == (place.source, place.line, place.column)
    }
    switch expression.form {
    case .component(let component):
      if isHere(component.targetSpan) { return path }
      for (parts, prefix) in [(component.arguments, ".args."), (component.attributes, ".")] {
        for part in parts {
          let inner = path + prefix + part.name
          if isHere(part.nameSpan) { return inner }
          if let found = way(to: place, in: part.value, inner) { return found }
        }
      }
    case .list(let items), .tuple(let items):
      for (index, item) in items.enumerated() {
        if let found = way(to: place, in: item, "\(path).#\(index + 1)") { return found }
      }
    case .dict(let entries):
      for entry in entries {
        guard case .string(let key, _) = entry.key.form else { continue }
        if isHere(entry.key.span) { return "\(path).\(key)" }
        if let found = way(to: place, in: entry.value, "\(path).\(key)") { return found }
      }
    default:
      let outer = sources.place(expression.span)
      // An expression inside a string: anywhere in it is the string's place.
      if outer.source == place.source, outer.line == place.line, outer.column <= place.column,
        place.column < outer.column + outer.length
      {
        return path
      }
    }
    return isHere(expression.span) ? path : nil
  }
}
