import Components

/// `{"ref": "LoadImaged"}`: a new instance of a transform of `train`, built where the ref stands.
extension Bindings {
  /// The definition a `ref` copies. It is looked for under the same element first, then in the
  /// other list of transforms; aliases, classes in any spelling and labels are keys.
  ///
  /// - Throws: when nothing answers, when only disabled ones do, and when more than one does.
  public func target(
    ofRef key: String, at span: Span, from node: Node
  ) throws(Fault) -> (node: Node, component: ComponentExpression) {
    let place = sources.place(span)
    let elements =
      SectionElement.transforms.contains(node.name)
      ? [node.name] + SectionElement.transforms.filter { $0 != node.name }
      : [node.name] + SectionElement.transforms
    for element in elements {
      let named = refTargets(in: element).filter { $0.component.answers(to: key, in: catalog) }
      guard !named.isEmpty else { continue }
      var enabled: [RefTarget] = []
      for target in named where try !isDisabled(target.component, in: .train) {
        enabled.append(target)
      }
      if let only = enabled.first, enabled.count == 1 { return (only.node, only.component) }
      if enabled.isEmpty {
        throw Fault(
          .state, "ref \(key.quoted) names a component that is disabled",
          remedy:
            "disable the ref as well: {\"ref\": \(key.jsonQuoted), \"disabled\": true}",
          place: place, path: node.configPath, notes: named.map(describe))
      }
      throw Fault(
        .invalid, "ref \(key.quoted) fits \(enabled.count) components", wanted: "one of them",
        remedy: "give one an alias, \"name\": \"\(key)#second\", and write \"ref\": \"second\"",
        place: place, path: node.configPath, notes: enabled.map(describe))
    }
    let known = elements.flatMap { refTargets(in: $0) }
    var fault = Fault.unknown(
      "component of train", key, among: known.flatMap { Self.keys(of: $0.component) })
    fault.place = place
    fault.path = node.configPath
    let keys = known.compactMap(\.component.writtenName)
    fault.notes = [
      keys.isEmpty
        ? "there are no transforms in train to copy" : "train has \(keys.joined(separator: ", "))"
    ]
    throw fault
  }

  private typealias RefTarget = (node: Node, component: ComponentExpression, span: Span)

  private func refTargets(in element: String) -> [RefTarget] {
    guard let binding = self[.train, element], case .list(let items) = binding.expression.form
    else { return [] }
    return items.enumerated().compactMap { index, item in
      guard let component = item.component, !component.isRef else { return nil }
      return (binding.node.child(.index(index)), component, item.span)
    }
  }

  private static func keys(of component: ComponentExpression) -> [String] {
    component.aliases + [component.writtenName].compactMap { $0 }
  }

  private func describe(_ target: RefTarget) -> String {
    let aliases = target.component.aliases.map { "#" + $0 }.joined()
    let place = sources.place(target.span).short
    return "\(target.node) \(target.component.targetText)\(aliases) at \(place)"
  }
}

extension ComponentExpression {
  var isRef: Bool { if case .ref = target { true } else { false } }
}
