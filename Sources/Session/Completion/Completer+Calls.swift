import Components
import Script

/// What the call at the cursor takes.
extension Completer {
  struct Offered {
    /// Those not written yet.
    var parameters: [ParameterOutline] = []
    /// Of the argument whose value is being typed.
    var form: ArgumentForm?
    var isComponent = false
  }

  func offered(by call: CursorContext.Call) -> Offered {
    guard let (all, isComponent) = parameters(of: call.callee) else { return Offered() }
    var offered = Offered(isComponent: isComponent)
    if let argument = call.argument {
      offered.form = all.first { $0.name == argument }?.form
    } else if all.indices.contains(call.positional) {
      offered.form = all[call.positional].form
    }
    // What is given by its place needs no name.
    let free = isComponent ? all[...] : all.dropFirst(call.positional)
    offered.parameters = free.filter { !call.written.contains($0.name) }
      .sorted { $0.isRequired && !$1.isRequired }
    return offered
  }

  private func parameters(
    of callee: CursorContext.Chain
  ) -> (parameters: [ParameterOutline], isComponent: Bool)? {
    if let name = callee.dottedName {
      if let action = actions.first(where: { $0.name == name }) {
        return (action.parameters.map(ParameterOutline.init), false)
      }
      if let type = catalog[name] {
        return (type.declaration.arguments.map(ParameterOutline.init), true)
      }
      if let builtin = Builtins.named(name) {
        return (builtin.parameters.map(ParameterOutline.init), false)
      }
    }
    return outline(of: callee, from: .top)?.parameters.map { ($0, false) }
  }

  // MARK: Inside quotes

  func strings(
    _ typed: String, _ context: CursorContext, _ quote: String, _ next: Unicode.Scalar?
  ) -> [Completions.Item] {
    let closing = next.map { quote.unicodeScalars.first == $0 } == true ? "" : quote
    let isMulti = quote.count > 1
    func quoted(_ names: [String], _ kind: Completions.Item.Kind) -> [Completions.Item] {
      names.map { Item($0 + (isMulti ? "" : closing), kind, label: $0) }
    }
    guard let call = context.call else { return PathItems(typed).items }
    let offered = offered(by: call)
    if call.isJSON, call.argument == nil, call.depth == 0 {
      return offered.parameters.map {
        Item($0.name + closing, .argument, $0.detail, label: $0.name)
      }
    }
    if offered.isComponent, let items = configString(typed, context) { return items }
    if let form = offered.form {
      let choices = form.choices
      if !choices.isEmpty { return quoted(choices, .value) }
      if call.argument == "keys" || call.argument?.hasSuffix("_key") == true {
        return quoted(sampleKeys, .key)
      }
      if form.isPath { return PathItems(typed).items }
    }
    switch call.callee.dottedName {
    case "help": return quoted(catalog.names.sorted() + actions.map(\.name), .component)
    case "components": return quoted(ComponentKind.allCases.map(\.rawValue), .value)
    case "plot" where call.argument == nil: return quoted(view.seriesNames, .value)
    case "ref":
      let transforms = view.bindings[.train, "pre_transforms"]?.expression.children ?? []
      return quoted(transforms.compactMap { $0.component?.writtenName }, .component)
    default: return PathItems(typed).items
    }
  }

  /// `"@na`, `"#@na`, `"{na`: what strings of a config mean.
  private func configString(
    _ typed: String, _ context: CursorContext
  ) -> [Completions.Item]? {
    if let open = typed.lastIndex(of: "{"), !typed[open...].contains("}") {
      let before = String(typed[...open])
      return variables(closing: "}").map { item in
        Item(before + item.text, .variable, item.detail, label: item.text)
      }
    }
    let mark = typed.hasPrefix("#@") ? "#@" : typed.hasPrefix("@") ? "@" : nil
    guard let mark else { return nil }
    return references(context.section).map { item in
      Item(mark + item.text, item.kind, item.detail, label: mark + item.text)
    }
  }

  /// The names that samples of this session have, as far as the text says.
  var sampleKeys: [String] {
    var keys: [String] = []
    func collect(_ expression: Expression) {
      if let component = expression.component, let value = component.argument("keys") {
        for part in [value] + value.children {
          if case .string(let key, _) = part.form, !keys.contains(key) { keys.append(key) }
        }
      }
      expression.children.forEach(collect)
    }
    for section in [Section.train, .validate] {
      for binding in view.bindings.bindings(in: section) { collect(binding.expression) }
    }
    return keys.isEmpty ? ["image", "label"] : keys
  }
}

extension ArgumentForm {
  /// Words that stand in quotes.
  var choices: [String] {
    switch self {
    case .choice(let names): names
    case .optional(let form), .list(let form): form.choices
    case .either(let forms): forms.flatMap(\.choices)
    default: []
    }
  }

  fileprivate var isPath: Bool {
    switch self {
    case .path: true
    case .optional(let form): form.isPath
    case .either(let forms): forms.contains { $0.isPath }
    default: false
    }
  }
}
