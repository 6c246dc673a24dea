import Components
import Script

/// A bare `train` or `validate`: each name with its class, the line that says so, and how its object
/// stands; the entries of a list one below the other. Nothing is built for it.
struct SectionTable {
  let session: EtudeSession
  let section: Section

  var rich: RichOutput {
    let bindings = session.bindings.bindings(in: section)
    if bindings.isEmpty { return RichOutput("\(section.rawValue) is empty") }
    let table = Table(bindings.flatMap(rows))
    return RichOutput(
      table.text(), html: session.output.forms.contains(.html) ? table.html : nil)
  }

  private func rows(of binding: Binding) -> [[String]] {
    guard case .list(let items) = binding.expression.form, !items.isEmpty else {
      return [row(binding.name, binding.expression, binding.node)]
    }
    if SectionElement.lists.contains(binding.name) {
      return items.enumerated().map { index, item in
        row(index == 0 ? binding.name : "", item, binding.node.child(.index(index)))
      }
    }
    // Alternatives: the first enabled one is what the name means.
    return items.enumerated().map { index, item in
      row(index == 0 ? binding.name : "", item, binding.node)
    }
  }

  private func row(_ name: String, _ expression: Expression, _ node: Node) -> [String] {
    let span = expression.component?.targetSpan ?? expression.span
    let place = session.sources.place(span)
    let file = place.source.split(separator: "/").last.map(String.init) ?? place.source
    return [name, title(of: expression), "\(file):\(place.line)", condition(of: expression, node)]
  }

  private func condition(of expression: Expression, _ node: Node) -> String {
    // A flag that cannot be read is an error of its own; the table goes on.
    if let component = expression.component,
      (try? session.bindings.isDisabled(component, in: section)) == true
    {
      return "disabled"
    }
    switch session.workbench.condition(of: node, in: session.bindingsInForce) {
    case .unbuilt: return ""
    case .built: return "built"
    case .stale: return "stale"
    case .failed: return "failed"
    }
  }

  private func title(of expression: Expression) -> String {
    guard let component = expression.component else {
      return Explanation.cut(session.printer.text(expression), to: 40)
    }
    return component.writtenName ?? "checkpoint"
  }
}

extension EtudeSession {
  func table(of section: Section) -> RichOutput {
    SectionTable(session: self, section: section).rich
  }
}
