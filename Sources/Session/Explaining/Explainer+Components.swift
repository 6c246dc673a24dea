import Components
import Script

/// Components: every argument with its value and the place it was written, or the declaration's
/// default.
extension Explainer {
  /// A binding of components, or a component inside one.
  func add(_ node: Node, _ written: Expression, to explanation: inout Explanation) {
    let definition: Definition
    do throws(Fault) { definition = try bindings.definition(of: node) } catch {
      return addUnresolved(node, written, error, to: &explanation)
    }
    if case .list(let items) = definition.expression.form {
      let count = items.count == 1 ? "1 entry" : "\(items.count) entries"
      explanation.add(
        0, node.shortName, "\(count), \(condition(of: node))", origin(of: written.span))
      addWhy(node, depth: 1, to: &explanation)
      for item in items { add(item, at: node, "", depth: 1, all: false, to: &explanation) }
      return
    }
    add(
      definition.expression, at: node, node.shortName, depth: 0, all: true,
      suffix: ", \(condition(of: node))", to: &explanation)
    if let copied = definition.copied {
      explanation.add(1, "copied by ref", "\(copied)", origin(of: written.span))
    }
  }

  /// What is disabled is not looked into; what cannot be resolved says why.
  private func addUnresolved(
    _ node: Node, _ written: Expression, _ fault: Fault, to explanation: inout Explanation
  ) {
    let title = written.component?.targetText ?? "components"
    explanation.add(
      0, node.shortName, title + (fault.kind == .state ? ", disabled" : ""),
      origin(of: written.component?.targetSpan ?? written.span))
    if let flag = written.component?.attribute("disabled") {
      add(argument: "disabled", flag, at: node, depth: 1, to: &explanation)
    } else {
      explanation.add(1, "error", fault.message)
    }
    guard fault.kind == .state, let component = written.component else { return }
    for part in component.arguments {
      explanation.add(1, part.name, session.printer.text(part.value), origin(of: part.value.span))
    }
  }

  private func add(
    _ expression: Expression, at node: Node, _ label: String, depth: Int, all: Bool,
    suffix: String = "", to explanation: inout Explanation
  ) {
    guard case .component(let component) = expression.form else {
      return add(argument: label, expression, at: node, depth: depth, to: &explanation)
    }
    let title = component.targetText
    explanation.add(
      depth, label.isEmpty ? title : label, (label.isEmpty ? "" : title) + suffix,
      origin(of: component.targetSpan))
    if !suffix.isEmpty { addWhy(node, depth: depth + 1, to: &explanation) }
    let written = component.arguments + component.attributes
    let declared = session.catalog[title]?.declaration.arguments ?? []
    var left = 0
    for argument in declared {
      if let part = written.last(where: { $0.name == argument.name }) {
        add(part: part, of: expression, at: node, depth: depth + 1, to: &explanation)
      } else if all {
        explanation.add(depth + 1, argument.name, argument.defaultValue.description, "default")
      } else {
        left += 1
      }
    }
    for part in written where !declared.contains(where: { $0.name == part.name }) {
      add(part: part, of: expression, at: node, depth: depth + 1, to: &explanation)
    }
    if left > 0 { explanation.add(depth + 1, "", "\(left) more by default", "default") }
  }

  /// An argument that implicit wiring added stands where its component does.
  private func add(
    part: NamedExpression, of whole: Expression, at node: Node, depth: Int,
    to explanation: inout Explanation
  ) {
    let isImplied = part.nameSpan == whole.span
    if part.value.holdsComponents {
      guard case .list(let items) = part.value.form else {
        return add(part.value, at: node, part.name, depth: depth, all: false, to: &explanation)
      }
      explanation.add(depth, part.name, "\(items.count) entries", origin(of: part.value.span))
      for item in items {
        add(item, at: node, "", depth: depth + 1, all: false, to: &explanation)
      }
      return
    }
    add(
      argument: part.name, part.value, at: node, depth: depth, origin: isImplied ? "implied" : nil,
      to: &explanation)
  }

  /// A value as written, what it comes to, and the variables it reads.
  func add(
    argument name: String, _ value: Expression, at node: Node, depth: Int, origin: String? = nil,
    to explanation: inout Explanation
  ) {
    explanation.add(
      depth, name, text(of: value, from: node.section), origin ?? self.origin(of: value.span))
    var shown: Set<Node> = []
    for read in bindings.dependencies(of: value, from: node.section)
    where shown.insert(read.node).inserted {
      guard let binding = bindings[read.node.section, read.node.name],
        read.node.isBinding, binding.held != nil || !binding.expression.holdsComponents
      else { continue }
      add(binding, depth: depth + 1, to: &explanation, seen: [])
    }
  }

  // MARK: Conditions

  /// `built`, `stale`, `failed`, `not built yet`
  private func condition(of node: Node) -> String {
    switch session.workbench.condition(of: node, in: session.bindingsInForce) {
    case .unbuilt: "not built yet"
    case .built: "built"
    case .stale: "stale"
    case .failed: "failed"
    }
  }

  /// What its next use will rebuild it for.
  private func changes(of node: Node) -> String {
    guard let built = session.workbench.built(node) else { return "" }
    var lines: [String] = []
    for input in built.inputs where bindings.held(input.node) == nil {
      guard let old = Self.plain(input.value), let now = presentValue(of: input.node),
        !now.isSame(as: input.value), let new = Self.plain(now)
      else { continue }
      lines.append(ExpressionChanges.line(input.node.name, old, new))
    }
    do throws(Fault) {
      let now = try bindings.definition(of: node).expression
      lines +=
        ExpressionChanges(from: built.expression, to: now, printer: session.printer).lines
    } catch { lines.append(error.message) }
    return lines.isEmpty ? "what it reads" : lines.joined(separator: ", ")
  }

  private static func plain(_ value: Value) -> String? {
    switch value {
    case .object, .function: nil
    default: value.shortened
    }
  }

  /// Why something failed, or what changed since it was built.
  private func addWhy(_ node: Node, depth: Int, to explanation: inout Explanation) {
    switch session.workbench.condition(of: node, in: session.bindingsInForce) {
    case .failed(let fault):
      let place = fault.place.map { " at \(Self.short($0))" } ?? ""
      explanation.add(depth, "error", fault.message + place)
    case .stale: explanation.add(depth, "changed since", changes(of: node))
    case .built, .unbuilt: break
    }
  }
}
