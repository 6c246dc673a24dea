import Components

/// From a place in a text back to its name in the config.
extension Bindings {
  /// `train.optimizer.args.lr` for what is written at `place`, as far as the node's tree reaches it; the
  /// node's own path otherwise.
  public func configPath(of place: Place?, in node: Node) -> String {
    guard let place, let binding = self[node.section, node.name] else { return node.configPath }
    let path = binding.node.configPath
    // What is said of an entry mostly stands in it; lists can be long.
    if case .index(let index)? = node.path.steps.dropFirst().first,
      case .list(let items) = binding.expression.form, items.indices.contains(index),
      let way = self.way(to: place, in: items[index])
    {
      return "\(path).#\(index + 1)\(way)"
    }
    return way(to: place, in: binding.expression).map { path + $0 } ?? node.configPath
  }

  /// What leads on from the expression: `.args.lr`; empty where it is the expression itself.
  private func way(to place: Place, in expression: Expression) -> String? {
    func isHere(_ span: Span) -> Bool {
      guard let here = sources.place(span, ifOnLine: place.line) else { return false }
      return (here.source, here.column) == (place.source, place.column)
    }
    switch expression.form {
    case .component(let component):
      if isHere(component.targetSpan) { return "" }
      for (parts, prefix) in [(component.arguments, ".args."), (component.attributes, ".")] {
        for part in parts {
          if isHere(part.nameSpan) { return prefix + part.name }
          if let way = self.way(to: place, in: part.value) { return prefix + part.name + way }
        }
      }
    case .list(let items), .tuple(let items):
      for (index, item) in items.enumerated() {
        if let way = self.way(to: place, in: item) { return ".#\(index + 1)\(way)" }
      }
    case .dict(let entries):
      for entry in entries {
        guard case .string(let key, _) = entry.key.form else { continue }
        if isHere(entry.key.span) { return ".\(key)" }
        if let way = self.way(to: place, in: entry.value) { return ".\(key)\(way)" }
      }
    default:
      // An expression inside a string: anywhere in it is the string's place.
      if let outer = sources.place(expression.span, ifOnLine: place.line),
        outer.source == place.source, outer.column <= place.column,
        place.column < outer.column + outer.length
      {
        return ""
      }
    }
    return isHere(expression.span) ? "" : nil
  }
}
