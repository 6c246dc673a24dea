import Components

/// What is wrong with components as they are written: unknown classes, unknown or missing arguments,
/// values of another type. Nothing is built.
extension Bindings {
  /// Of all components of the session that are not disabled.
  public func checkComponents() -> [Finding] {
    Section.allCases.flatMap { bindings(in: $0) }.flatMap { binding in
      componentFaults(of: binding.node).map { .error($0.at(nil, path: binding.node.configPath)) }
    }
  }

  /// Of the components of one binding, at any depth; those that are disabled are left alone.
  public func componentFaults(of node: Node) -> [Fault] {
    guard let binding = self[node.section, node.name] else { return [] }
    return componentFaults(in: binding.expression, node.section)
  }

  private func componentFaults(in expression: Expression, _ section: Section) -> [Fault] {
    var faults: [Fault] = []
    if case .component(let component) = expression.form {
      // A flag that cannot be read yet is an error of its own.
      if (try? isDisabled(component, in: section)) != false { return [] }
      faults = self.faults(of: component, section)
    }
    return faults + expression.children.flatMap { componentFaults(in: $0, section) }
  }

  private func faults(of component: ComponentExpression, _ section: Section) -> [Fault] {
    let name: String
    switch component.target {
    case .name(let text), .path(let text, _): name = text
    case .ref, .checkpoint, .torchScript: return []
    }
    guard let type = catalog[name] else {
      return [
        Fault.unknown("component", name, among: catalog.spellings)
          .at(sources.place(component.targetSpan))
      ]
    }
    let declared = type.declaration.arguments
    let own = component.attributes.filter { part in
      declared.contains { $0.isAttribute && $0.name == part.name }
    }
    let faults = (component.arguments + own).compactMap { fault(of: $0, type, section) }
    let missing = declared.first { argument in
      argument.isRequired && !(component.arguments + own).contains { $0.name == argument.name }
    }
    guard let missing, faults.isEmpty else { return faults }
    return [
      Fault(
        .missingArgument, "\(type.declaration.name) needs \(missing.name)",
        wanted: missing.form.text, place: sources.place(component.targetSpan))
    ]
  }

  /// One argument, tried alone.
  private func fault(
    of part: NamedExpression, _ type: any Component.Type, _ section: Section
  ) -> Fault? {
    let isKnown = type.declaration.arguments.contains { $0.name == part.name }
    // What reads objects has no value before they are built.
    guard let value = isKnown ? try? value(of: part.value, from: section) : Value.none else {
      return nil
    }
    do throws(Fault) {
      _ = try type.make([part.name: value])
      return nil
    } catch {
      guard error.argument.first == part.name,
        [.unknownArgument, .wrongType, .outOfRange].contains(error.kind)
      else { return nil }
      return error.at(sources.place(isKnown ? part.value.span : part.nameSpan))
    }
  }
}
