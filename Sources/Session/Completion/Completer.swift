import Components
import Script

/// Finds what could stand at a cursor. Reads a view of the session and the catalogue, never the
/// session itself, so that it answers while a training runs.
struct Completer: Sendable {
  let view: SessionView
  let catalog: Catalog
  let actions: [Builtin]

  typealias Item = Completions.Item

  /// - Parameter cursor: In Unicode scalars.
  func completions(_ text: String, cursor: Int) -> Completions {
    let scalars = text.unicodeScalars
    let end = scalars.index(
      scalars.startIndex, offsetBy: max(cursor, 0), limitedBy: scalars.endIndex)
    let before = String(scalars[..<(end ?? scalars.endIndex)])
    let after = String(scalars[(end ?? scalars.endIndex)...])
    var found: (items: [Item], start: Int)? = MagicLine(before).flatMap { magicItems($0, before) }
    if found == nil {
      let code = MagicLine(before).map { $0.blanked(in: before) } ?? before
      let context = CursorContext(code + after, cursor: code.utf8.count)
      let next = after.unicodeScalars.first
      found = (self.items(context, next: next), context.start)
    }
    let (items, start) = found ?? ([], before.utf8.count)
    let typed = String(decoding: before.utf8.dropFirst(start), as: UTF8.self)
    let lower = scalarCount(before) - scalarCount(typed)
    return Completions(
      range: lower..<scalarCount(before), items: Self.matching(items, typed))
  }

  private func scalarCount(_ text: String) -> Int { text.unicodeScalars.count }

  /// Those that begin with what is typed; when none does, those that do in another letter case.
  private static func matching(_ items: [Item], _ typed: String) -> [Item] {
    var seen: Set<String> = []
    let unique = items.filter { seen.insert($0.text).inserted }
    let exact = unique.filter { $0.text.hasPrefix(typed) && $0.text != typed }
    if !exact.isEmpty || typed.isEmpty { return exact }
    if unique.contains(where: { $0.text == typed }) { return [] }
    let lowered = typed.lowercased()
    return unique.filter { $0.text.lowercased().hasPrefix(lowered) }
  }

  // MARK: By what is typed

  private func items(_ context: CursorContext, next: Unicode.Scalar?) -> [Item] {
    switch context.subject {
    case .nothing: return []
    case .word(let typed): return words(typed, context)
    case .reference: return references(context.section)
    case .variable: return variables(closing: next == ">" ? "" : ">")
    case .member(let chain, _): return members(of: chain, context)
    case .key(let chain, _, let quote): return keys(of: chain, context, quote, next)
    case .string(let typed, let quote): return strings(typed, context, quote, next)
    }
  }

  /// Arguments of the call come first, then values that its argument takes, then every name.
  private func words(_ typed: String, _ context: CursorContext) -> [Item] {
    guard let call = context.call, !call.isJSON else { return names(context) }
    let offered = offered(by: call)
    var items: [Item] = []
    if call.isArgumentStart {
      items = offered.parameters.map { Item($0.name + "=", .argument, $0.detail) }
      // A list of everything would hide what belongs here.
      if typed.isEmpty, offered.isComponent, !items.isEmpty { return items }
    }
    let values = offered.form.map { self.values(of: $0, context.section) } ?? []
    if typed.isEmpty, !values.isEmpty { return values }
    return items + values + names(context)
  }

  /// Everything that a bare name can mean.
  private func names(_ context: CursorContext) -> [Item] {
    var items: [Item] = []
    for section in [context.section ?? .top, .top, .train, .validate] {
      items += view.bindings.bindings(in: section).map { item($0, "") }
    }
    items += [Item("train.", .section), Item("validate.", .section)]
    items += actions.map { Item($0.name, .function, $0.signature, label: $0.name + "(") }
    items += Builtins.all.map { Item($0.name, .function, $0.signature, label: $0.name + "(") }
    items += catalog.spellings.sorted().map { name in
      Item(name, .component, catalog[name]?.declaration.kind.rawValue ?? "")
    }
    return items + Self.keywords.map { Item($0, .keyword) }
  }

  private static let keywords = [
    "False", "None", "True", "and", "assert", "def", "del", "elif", "else", "for", "if", "in",
    "lambda", "not", "or", "return",
  ]

  private func item(_ binding: Binding, _ mark: String) -> Item {
    let expression = binding.expression
    if let component = expression.component {
      return Item(mark + binding.name, .component, component.writtenName ?? "checkpoint")
    }
    let outline = view.outline(binding)
    let detail = outline.map { $0.kind == $0.text ? $0.kind : "\($0.kind) \($0.text)" }
    return Item(mark + binding.name, .variable, detail ?? view.brief(expression))
  }

  // MARK: References and variables

  /// What may follow `@`: the section's own objects, then those of the others by their paths.
  func references(_ section: Section?) -> [Item] {
    let order = (section ?? .top).lookupOrder
    var items: [Item] = []
    var seen: Set<String> = []
    for place in order {
      for binding in view.bindings.bindings(in: place)
      where !binding.expression.isVariable && binding.name != "_" {
        if seen.insert(binding.name).inserted { items.append(item(binding, "")) }
      }
    }
    for place in [Section.train, .validate] where !view.bindings.names(in: place).isEmpty {
      items.append(Item("\(place.rawValue).", .section))
    }
    return items + [Item("conf", .variable, "the whole config")]
  }

  func variables(closing: String) -> [Item] {
    view.bindings.bindings(in: .top)
      .filter { $0.expression.component == nil && $0.name != "_" }
      .map { binding in
        var item = item(binding, "")
        (item.text, item.label) = (binding.name + closing, "<\(binding.name)>")
        return item
      }
  }

  // MARK: Values of arguments

  /// What the present argument of a call can be written as.
  private func values(of form: ArgumentForm, _ section: Section?) -> [Item] {
    switch form {
    case .bool: ["True", "False"].map { Item($0, .value) }
    case .choice(let names): names.map { Item("\"\($0)\"", .value) }
    case .optional(let wrapped):
      values(of: wrapped, section) + (wrapped.isListable ? [Item("None", .value)] : [])
    case .either(let forms): forms.flatMap { values(of: $0, section) }
    case .list(let element): values(of: element, section)
    case .component(let kind):
      built(kind, section)
        + catalog.types.map { $0.declaration }.filter { $0.kind == kind }
        .map { Item($0.name, .component, $0.help) }
    default: []
    }
  }

  /// `@optimizer` for an argument that is an optimizer.
  private func built(_ kind: ComponentKind, _ section: Section?) -> [Item] {
    references(section).filter { item in
      guard let binding = view.bindings.lookup(item.text, from: section ?? .top) else {
        return false
      }
      return self.kind(of: binding.expression) == kind
    }.map { Item("@" + $0.text, .value, $0.detail) }
  }

  func kind(of expression: Expression) -> ComponentKind? {
    switch expression.form {
    case .component(let component):
      component.writtenName.flatMap { catalog[$0]?.declaration.kind }
    case .list(let items): items.lazy.compactMap { kind(of: $0) }.first
    default: nil
    }
  }
}

extension ArgumentForm {
  /// Has values that a list can show.
  fileprivate var isListable: Bool {
    switch self {
    case .bool, .choice, .component: true
    default: false
    }
  }
}

extension Expression {
  /// Plain data, which `<x>` reads; `@x` wants an object.
  fileprivate var isVariable: Bool {
    switch form {
    case .none, .bool, .int, .double, .string, .template, .formatted: true
    case .list(let items): !items.isEmpty && items.allSatisfy(\.isVariable)
    default: false
    }
  }
}
