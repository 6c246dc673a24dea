import Components

/// What an `@` path means.
public enum Resolution: Sendable {
  /// `@conf`: the effective configuration.
  case configuration
  /// An object of the graph, and the steps that are left for the object itself to answer.
  case object(Node, rest: [Path.Step])
}

extension Bindings {
  /// Finds the object of `@path` as seen from a section: its own names, then the top, then the
  /// other section; `train.…` and `validate.…` name one directly. List entries go by index, alias
  /// or class.
  public func resolve(
    _ path: Path, from section: Section, at span: Span
  ) throws(Fault) -> Resolution {
    var steps = path.steps[...]
    guard case .name(let first)? = steps.popFirst() else {
      throw Fault(.syntax, "@ is followed by a name", place: sources.place(span))
    }
    let binding: Binding
    if let explicit = Section(rawValue: first), explicit != .top, self[.top, first] == nil {
      guard case .name(let name)? = steps.popFirst() else {
        throw Fault(
          .wrongType, "\(first) is a section, not an object", wanted: "@\(first).<name>",
          place: sources.place(span))
      }
      guard let found = self[explicit, name] else {
        throw unknownName(name, in: explicit, at: span)
      }
      binding = found
    } else if let found = lookup(first, from: section) {
      binding = found
    } else if first == "conf" {
      return .configuration
    } else {
      throw unknownObject(first, from: section, at: span)
    }
    if steps.isEmpty, binding.expression.isPlainValue {
      throw Fault(
        .wrongType, "\(binding.name) is a variable, not an object",
        remedy: "<\(binding.name)>", place: sources.place(span),
        notes: ["in a config it is written \"{\(binding.name)}\""])
    }
    do throws(Fault) {
      return try resolve(steps, in: written(binding.node), at: span)
    } catch {
      throw error.at(sources.place(span))
    }
  }

  private func resolve(
    _ steps: ArraySlice<Path.Step>, in definition: Definition, at span: Span
  ) throws(Fault) -> Resolution {
    guard let step = steps.first else { return .object(definition.node, rest: []) }
    let rest = steps.dropFirst()
    switch definition.expression.form {
    case .list(let items):
      let index = try entryIndex(step, in: items, of: definition.node, at: span)
      let node = definition.node.child(.index(index))
      if let component = items[index].component, try !isOnThisRank(component, in: node.section) {
        throw Fault(
          .state, "\(node) is built on another rank", place: sources.place(span),
          path: node.configPath)
      }
      return try resolve(rest, in: written(node), at: span)
    case .component, .dict:
      // A part that holds components is a place of the graph; any other name asks the object.
      guard let part = part(of: definition.expression, step), part.holdsComponents else { break }
      return try resolve(rest, in: written(definition.node.child(step)), at: span)
    default: break
    }
    return .object(definition.node, rest: Array(steps))
  }

  /// The entry of a list that an index, an alias, a class or a label names.
  func entryIndex(
    _ step: Path.Step, in items: [Expression], of node: Node, at span: Span?
  ) throws(Fault) -> Int {
    let place = span.map { sources.place($0) }
    switch step {
    case .index(let written):
      let index = written < 0 ? written + items.count : written
      if items.indices.contains(index) { return index }
      throw Fault(
        .outOfRange, "\(node) has \(items.count) entries", got: "[\(written)]",
        wanted: items.isEmpty ? nil : "[0] to [\(items.count - 1)]", place: place,
        path: node.configPath)
    case .name(let name), .key(let name):
      let fitting = items.indices.filter {
        items[$0].component?.answers(to: name, in: catalog) ?? false
      }
      if let only = fitting.first, fitting.count == 1 { return only }
      let names = items.map { $0.component?.targetText ?? "value" }
      if fitting.isEmpty {
        throw Fault(
          .unknownName, "\(node) has no \(name.quoted)",
          suggestion: Spelling.nearest(
            to: name,
            among: items.compactMap(\.component).flatMap { $0.aliases + [$0.writtenName ?? ""] }),
          place: place, path: node.configPath,
          notes: names.isEmpty ? ["it is empty"] : ["it has \(names.joined(separator: ", "))"])
      }
      throw Fault(
        .invalid, "\(node) has \(fitting.count) entries called \(name.quoted)",
        wanted: fitting.map { "\(node)[\($0)]" }.joined(separator: " or "), place: place,
        path: node.configPath,
        notes: fitting.map { "[\($0)] at \(sources.place(items[$0].span).short)" })
    }
  }

  private func unknownObject(_ name: String, from section: Section, at span: Span) -> Fault {
    let known = section.lookupOrder.flatMap { names(in: $0) }
    return Fault(
      .unknownName, "nothing is called \(name.quoted)",
      suggestion: Spelling.nearest(to: name, among: known + ["conf"]),
      remedy: SectionElement.all.contains(name) ? "\(name) = …" : nil,
      place: sources.place(span),
      notes: Section.allCases.filter { $0 != .top && !names(in: $0).isEmpty }.map {
        "\($0.rawValue) has \(names(in: $0).joined(separator: ", "))"
      })
  }
}

extension Expression {
  /// A number, a text, a truth value: never an object.
  var isPlainValue: Bool {
    switch form {
    case .none, .bool, .int, .double, .string, .template, .formatted: true
    default: false
    }
  }

  /// A component, or a list or dict with one in it.
  public var holdsComponents: Bool {
    switch form {
    case .component: true
    case .list(let items), .tuple(let items): items.contains { $0.holdsComponents }
    case .dict(let entries): entries.contains { $0.value.holdsComponents }
    default: false
    }
  }
}
