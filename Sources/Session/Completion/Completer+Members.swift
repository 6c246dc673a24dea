import Components
import Script

/// What may follow a dot, or stand in brackets.
extension Completer {
  func members(of chain: CursorContext.Chain, _ context: CursorContext) -> [Completions.Item] {
    switch chain.root {
    case .literal(let kind): return chain.steps.isEmpty ? attributes(Self.methods(of: kind)) : []
    case .name, .reference: break
    }
    if let (section, rest) = sectionPath(chain) {
      guard let first = rest.first else {
        return view.bindings.bindings(in: section).map { binding in
          Item(binding.name, .component, view.brief(binding.expression))
        }
      }
      guard case .name(let name) = first, let binding = view.bindings[section, name] else {
        return []
      }
      return members(of: binding, Array(rest.dropFirst()), isReference: chain.isReference)
    }
    guard let binding = binding(of: chain, from: context.section ?? .top) else { return [] }
    return members(of: binding, chain.steps, isReference: chain.isReference)
  }

  func keys(
    of chain: CursorContext.Chain, _ context: CursorContext, _ quote: String,
    _ next: Unicode.Scalar?
  ) -> [Completions.Item] {
    let closing = next == nil ? quote + "]" : quote.unicodeScalars.first == next ? "" : quote
    var keys = outline(of: chain, from: context.section ?? .top)?.entries.map {
      Item($0.key + closing, .key, $0.value.text, label: $0.key)
    }
    if keys?.isEmpty ?? true { keys = writtenKeys(of: chain, context, closing) }
    return keys ?? []
  }

  /// The outline of what a chain leads to, when that exists already.
  func outline(of chain: CursorContext.Chain, from section: Section) -> ValueOutline? {
    if let (place, rest) = sectionPath(chain) {
      guard chain.isReference, case .name(let name)? = rest.first else { return nil }
      return view.values[Node(place, name)]?.following(rest.dropFirst())
    }
    return binding(of: chain, from: section).flatMap { view.outline($0)?.following(chain.steps) }
  }

  /// A data set gives samples, a dict of a config has the keys that are written.
  private func writtenKeys(
    of chain: CursorContext.Chain, _ context: CursorContext, _ closing: String
  ) -> [Completions.Item] {
    var steps = chain.steps[...]
    let found: Binding?
    if let place = sectionPath(chain) {
      guard case .name(let name)? = steps.popFirst() else { return [] }
      found = view.bindings[place.section, name]
    } else {
      found = binding(of: chain, from: context.section ?? .top)
    }
    guard let found else { return [] }
    if let part = part(of: found.expression, steps), case .dict(let entries) = part.form {
      return entries.compactMap { entry in
        guard case .string(let key, _) = entry.key.form else { return nil }
        return Item(key + closing, .key, label: key)
      }
    }
    switch kind(of: found.expression) {
    case .dataset, .dataLoader:
      return sampleKeys.map { Item($0 + closing, .key, label: $0) }
    default: return []
    }
  }

  private func sectionPath(
    _ chain: CursorContext.Chain
  ) -> (section: Section, rest: [Path.Step])? {
    let name =
      switch chain.root {
      case .name(let name), .reference(let name): name
      case .literal: ""
      }
    guard let section = Section(rawValue: name), section != .top,
      view.bindings[.top, name] == nil
    else { return nil }
    return (section, chain.steps)
  }

  private func binding(of chain: CursorContext.Chain, from section: Section) -> Binding? {
    switch chain.root {
    case .name(let name), .reference(let name): view.bindings.lookup(name, from: section)
    case .literal: nil
    }
  }

  /// After `@x.` the attributes of the object, built or not yet; after `train.x.` the arguments.
  private func members(
    of binding: Binding, _ steps: [Path.Step], isReference: Bool
  ) -> [Completions.Item] {
    let written = part(of: binding.expression, steps[...])
    if !isReference, binding.section != .top {
      return written.map { arguments(of: $0) } ?? []
    }
    var items: [Item] = []
    if let outline = view.outline(binding)?.following(steps) {
      items += attributes(outline.attributes)
    }
    guard let written else { return items }
    if items.isEmpty, let kind = kind(of: written), written.component != nil {
      items += attributes(Self.attributes(of: kind))
    }
    // `@handlers.CheckpointSaver` names an entry of a list.
    if case .list = written.form { items += arguments(of: written) }
    return items
  }

  private func attributes(_ names: [String]) -> [Completions.Item] {
    names.map { Item($0, .attribute) }
  }

  /// The steps a path can take from here: arguments with their values, entries of a list by class.
  private func arguments(of expression: Expression) -> [Completions.Item] {
    switch expression.form {
    case .component(let component):
      let written = component.arguments + component.attributes
      var items = written.map { Item($0.name, .argument, view.brief($0.value)) }
      let declared = component.writtenName.flatMap { catalog[$0]?.declaration.arguments } ?? []
      items += declared.map { Item($0.name, .argument, ParameterOutline($0).detail) }
      return items + [Item("disabled", .argument, "bool = False")]
    case .list(let parts):
      return parts.compactMap(\.component).flatMap { part in
        (part.aliases + [part.writtenName].compactMap(\.self)).map { Item($0, .component) }
      }
    case .dict(let entries):
      return entries.compactMap { entry in
        guard case .string(let key, _) = entry.key.form else { return nil }
        return Item(key, .key, view.brief(entry.value))
      }
    default: return []
    }
  }

  private func part(of expression: Expression, _ steps: ArraySlice<Path.Step>) -> Expression? {
    guard let step = steps.first else { return expression }
    let next: Expression?
    switch (expression.form, step) {
    case (.list(let items), .index(let index)):
      let place = index < 0 ? index + items.count : index
      next = items.indices.contains(place) ? items[place] : nil
    case (.list(let items), .name(let name)), (.list(let items), .key(let name)):
      next = items.first { item in
        item.component.map { $0.aliases.contains(name) || $0.writtenName == name } ?? false
      }
    case (.component(let component), .name(let name)), (.component(let component), .key(let name)):
      next = component.argument(name) ?? component.attribute(name)
    case (.dict(let entries), .name(let name)), (.dict(let entries), .key(let name)):
      next =
        entries.first { entry in
          if case .string(name, _) = entry.key.form { true } else { false }
        }?.value
    default: next = nil
    }
    return next.flatMap { part(of: $0, steps.dropFirst()) }
  }

  private static func methods(of literal: String) -> [String] {
    switch literal {
    case "string": Value.string("").methodNames
    case "list": Value.list([]).methodNames
    default: Value.dict([:]).methodNames
    }
  }

  /// What objects of a family offer, for those that are not built yet.
  static func attributes(of kind: ComponentKind) -> [String] {
    switch kind {
    case .network: ["named_parameters", "parameters", "state_dict"]
    case .optimizer: ["param_groups", "step", "zero_grad"]
    case .scheduler: ["get_last_lr", "last_epoch", "step"]
    case .trainer, .evaluator: ["state", "terminate", "terminate_epoch"]
    default: []
    }
  }
}

extension CursorContext.Chain {
  fileprivate var isReference: Bool {
    if case .reference = root { true } else { false }
  }
}
