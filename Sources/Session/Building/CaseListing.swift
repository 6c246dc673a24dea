import Components
import Engine
import Script

extension EtudeSession {
  /// A section's cases, for looking at some of them: the data set if it is built, else one that lists the
  /// same cases and keeps none, so that a look does not read all of them.
  func cases(in section: Section) throws -> (any Dataset)? {
    guard let binding = bindings[section, "dataset"] else { return nil }
    if workbench.built(binding.node) == nil, let listing = try listing(of: binding.node) {
      return listing
    }
    guard case .object(let object) = try value(of: binding.node) else { return nil }
    return object as? any Dataset
  }

  /// The same definition as a `Dataset`: arguments about caching are left out.
  private func listing(of node: Node) throws -> (any Dataset)? {
    let definition = try bindings.definition(of: node)
    guard var component = definition.expression.component,
      let own = component.writtenName.flatMap({ catalog[$0] }), own.declaration.kind == .dataset
    else { return nil }
    let known = Set(PlainDataset.declaration.arguments.map(\.name))
    component.target = .name(PlainDataset.declaration.name)
    component.arguments.removeAll { !known.contains($0.name) }
    let maker = try maker(SessionScope(self, definition.section))
    let made = try maker.make(component, span: definition.expression.span, node: node)
    guard case .object(let object) = made else { return nil }
    return object as? any Dataset
  }
}
