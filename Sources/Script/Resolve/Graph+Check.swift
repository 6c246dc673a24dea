import Components

/// Everything about names that can be said without building anything.
extension Graph {
  /// Unknown names, broken refs and strings, circles, doubtful `disabled`: errors first.
  ///
  /// - Parameter withoutVariables: names that are known to be unset and are passed over.
  public func check(withoutVariables: Set<String> = []) -> [Finding] {
    var findings: [Finding] = []
    let passedOver = Set(
      unsetVariables.filter { withoutVariables.contains($0.name) }
        .map { bindings.unknownVariable($0.name, at: $0.span).message })
    var places: [String: Set<Place?>] = [:]
    func add(_ severity: Finding.Severity, _ fault: Fault) {
      if let known = places[fault.message],
        known.contains(fault.place) || fault.kind == .unknownName && fault.got == nil
      {
        return
      }
      places[fault.message, default: []].insert(fault.place)
      findings.append(Finding(severity, fault))
    }
    for entry in entries {
      let node = entry.node
      for fault in bindings.faults(entry.faults, of: node)
      where !passedOver.contains(fault.message) {
        add(.error, fault.at(nil, path: bindings.configPath(of: fault.place, in: node)))
      }
      for warning in bindings.doubtfulFlags(of: node) { add(.warning, warning) }
    }
    for fault in circles { add(.error, fault) }
    return findings.sorted { $0.severity > $1.severity }
  }
}

extension Bindings {
  /// Names read but set nowhere; see `Graph`.
  public var unsetVariables: [(name: String, span: Span)] { graph.unsetVariables }

  /// Every name some expression mentions as a variable, in disabled components too.
  public var mentionedVariables: Set<String> {
    var names: Set<String> = []
    for section in Section.allCases {
      for binding in bindings(in: section) { binding.expression.collectVariables(into: &names) }
    }
    return names
  }

  fileprivate func faults(_ faults: [Fault], of node: Node) -> [Fault] {
    if faults.isEmpty { return [] }
    // A disabled element is a decision, not a mistake; who refers to it is told.
    let isElement = self[node.section, node.name]?.expression.component != nil
    return faults.filter { !(node.isBinding && isElement && $0.isDisabled(node)) }
  }

  /// `"disabled": "true"` and `1`: understood here, ignored by Clara.
  fileprivate func doubtfulFlags(of node: Node) -> [Fault] {
    guard node.isBinding, let expression = self[node.section, node.name]?.expression else {
      return []
    }
    var components = [expression]
    if case .list(let items) = expression.form { components += items }
    return components.compactMap { item -> Fault? in
      guard let flag = item.component?.attribute("disabled"),
        let value = try? value(of: flag, from: node.section)  // else an error of its own
      else { return nil }
      switch value {
      case .string, .int:
        return Fault(
          .wrongType, "disabled is a boolean; Clara itself does not act on any other value",
          got: value.description, wanted: "true or false", place: sources.place(flag.span),
          path: node.configPath)
      default: return nil
      }
    }
  }
}

extension Expression {
  fileprivate func collectVariables(into names: inout Set<String>) {
    switch form {
    case .variable(let name), .name(let name): names.insert(name)
    case .template(let parts): for case .variable(let name) in parts { names.insert(name) }
    case .bool, .int, .double, .string, .none: break
    case .list(let items): for item in items { item.collectVariables(into: &names) }
    case .component(let component):
      for part in component.arguments { part.value.collectVariables(into: &names) }
      for part in component.attributes { part.value.collectVariables(into: &names) }
    default: for child in children { child.collectVariables(into: &names) }
    }
  }
}

extension Fault {
  /// Says that `node` itself is disabled.
  fileprivate func isDisabled(_ node: Node) -> Bool {
    kind == .state && path == node.configPath
  }
}
