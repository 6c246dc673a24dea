import Components
import Script

/// Every component as it is written: its class, its arguments by name, type and range, and the family of
/// the objects they name.
struct ComponentRule: CheckRule {
  static let codes: [FindingCode] = [
    FindingCode("own-code", "A path names Python code, which this program cannot run.")
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    let conflicts = subject.components.filter { !$0.isCopy }.compactMap(\.conflict)
    return singly(subject) + conflicts.map { .error($0) }
  }

  /// Classes and arguments, each for itself: what no later line could put right.
  func singly(_ subject: CheckSubject) -> [Finding] {
    let faults = subject.components.filter { !$0.isCopy }.flatMap(\.faults)
    return faults.map { .error($0) } + subject.nodes.flatMap { unknown($0, subject) }
  }

  private func unknown(_ node: Node, _ subject: CheckSubject) -> [Finding] {
    // What keeps a node from having a definition is said by the rule of names.
    guard let definition = subject.definition(of: node), definition.copied == nil,
      case .component(let component) = definition.expression.form
    else { return [] }
    switch component.target {
    case .name(let name), .path(let name, _):
      if subject.session.catalog[name] != nil { return [] }
      let isPath = if case .path = component.target { true } else { false }
      let fault = UnknownComponent.fault(name, in: subject.session.catalog)
        .at(subject.session.sources.place(component.targetSpan), path: node.configPath)
      return [.error(fault, isPath && name.contains(".") ? Self.codes[0] : nil)]
    case .ref, .checkpoint, .torchScript: return []
    }
  }
}
