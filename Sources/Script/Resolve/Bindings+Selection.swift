import Components

/// Which of the written components count: `disabled`, `rank` and lists of alternatives.
extension Bindings {
  /// Whether a component is left out. Only the boolean `true` counts; the text `"true"` and the
  /// number 1 are understood too, with a warning from `check`.
  public func isDisabled(_ component: ComponentExpression, in section: Section) throws(Fault)
    -> Bool
  {
    guard let attribute = component.attribute("disabled") else { return false }
    let value = try value(of: attribute, from: section)
    switch value {
    case .bool(let flag): return flag
    case .none, .int(0): return false
    case .int(1): return true
    case .string(let text) where ["true", "false"].contains(text.lowercased()):
      return text.lowercased() == "true"
    default:
      throw Fault(
        .wrongType, "disabled is true or false", got: "\(value.kindName) \(value.shortened)",
        wanted: "bool", place: sources.place(attribute.span))
    }
  }

  /// Whether a component belongs to this process: `rank` absent or its own.
  public func isOnThisRank(_ component: ComponentExpression, in section: Section) throws(Fault)
    -> Bool
  {
    guard let attribute = component.attribute("rank") else { return true }
    let value = try value(of: attribute, from: section)
    switch value {
    case .none: return true
    case .int(let number): return number == rank
    default:
      throw Fault(
        .wrongType, "rank is the number of a process", got: "\(value.kindName) \(value.shortened)",
        wanted: "int", place: sources.place(attribute.span))
    }
  }

  func isBuilt(_ component: ComponentExpression, in section: Section) throws(Fault) -> Bool {
    if try isDisabled(component, in: section) { return false }
    return try isOnThisRank(component, in: section)
  }

  /// The first enabled one of a list of alternatives, with its index.
  func choice(
    _ items: [Expression], of node: Node
  ) throws(Fault) -> (index: Int, expression: Expression)? {
    for (index, item) in items.enumerated() {
      guard let component = item.component else {
        if case .none = item.form { continue }
        return (index, item)
      }
      if try isBuilt(component, in: node.section) { return (index, item) }
    }
    return nil
  }

  /// All of a list of alternatives are disabled: says what to set.
  func nothingEnabled(_ items: [Expression], of node: Node, _ span: Span) -> Fault {
    let components = items.compactMap(\.component)
    let flags = components.map { component -> String? in
      guard case .variable(let name)? = component.attribute("disabled")?.form else { return nil }
      return name
    }
    var remedy: String?
    // The last alternative is the one that needs least: a checkpoint rather than an archive.
    if let chosen = components.indices.last, let flag = flags[chosen] {
      var words: [String] = []
      for (index, name) in flags.enumerated() where index != chosen {
        if let name, name != flag { words.append("\(name)=True") }
      }
      words.append("\(flag)=False")
      for argument in components[chosen].arguments {
        if case .variable(let file) = argument.value.form { words.append("\(file)=<file>") }
      }
      remedy = "--set " + words.joined(separator: " ")
    }
    return Fault(
      .state, "every alternative of \(node) is disabled", remedy: remedy,
      place: sources.place(span), path: node.configPath,
      notes: components.map { component in
        let reason = component.attribute("disabled").map { sources.place($0.span) }
        return "\(component.targetText)" + (reason.map { ": disabled at \($0.short)" } ?? "")
      })
  }
}

extension Place {
  /// `config_train.json:12:7`
  var short: String { "\(source):\(line):\(column)" }
}
