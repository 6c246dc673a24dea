import Components

/// Writes bindings as a config of 4.1.
///
/// Resolved, every placeholder is its value: what `print_conf` shows, what a checkpoint keeps under
/// `train_conf` and what MONAI's loader reads. Unresolved, it is the source of a session:
/// placeholders stay, values of the environment and `--set` are left out, transforms of `validate`
/// that equal one of `train` become a `ref`.
public struct ConfigWriter {
  private let bindings: Bindings
  private let isResolved: Bool
  /// What JSON could not say and how it was said instead.
  public private(set) var notes: [Finding] = []

  public static func config(_ bindings: Bindings, resolved: Bool) -> (JSONValue, notes: [Finding]) {
    var writer = ConfigWriter(bindings: bindings, isResolved: resolved)
    let json = writer.config()
    return (json, writer.notes)
  }

  private init(bindings: Bindings, isResolved: Bool) {
    (self.bindings, self.isResolved) = (bindings, isResolved)
  }

  /// Where an expression stands decides how its strings are read back.
  private enum Position { case global, component }

  private mutating func config() -> JSONValue {
    let span = Span(SourceID(0), 0, 0)
    var entries = section(.top)
    let train = section(.train)
    let validate = section(.validate)
    if train.isEmpty {
      entries += validate
    } else {
      entries.append(JSONEntry("train", span, JSONValue(.object(train), span)))
      if !validate.isEmpty {
        entries.append(JSONEntry("validate", span, JSONValue(.object(validate), span)))
      }
    }
    return JSONValue(.object(entries), span)
  }

  private mutating func section(_ section: Section) -> [JSONEntry] {
    var entries: [JSONEntry] = []
    for binding in bindings.bindings(in: section) where binding.name != "_" {
      // What a line did is not part of a config; what it gave is, when it can be written down.
      if let held = binding.held, Expression(value: held.value, binding.expression.span) == nil {
        note(
          "JSON cannot hold \(binding.name); it is left out", binding.expression, binding.node)
        continue
      }
      guard let layer = layer(of: binding),
        let value = element(layer.expression, at: binding.node)
      else { continue }
      entries.append(JSONEntry(binding.name, layer.provenance.span, value))
    }
    return entries
  }

  /// Unresolved, what the environment and `--set` hide.
  private func layer(of binding: Binding) -> Binding.Layer? {
    let outside: Set<Provenance.Kind> = [.environment, .commandLine]
    let top = Binding.Layer(binding.expression, binding.provenance)
    if isResolved || !outside.contains(top.provenance.kind) { return top }
    return binding.hidden.last { !outside.contains($0.provenance.kind) }
  }

  private mutating func element(_ expression: Expression, at node: Node) -> JSONValue? {
    let position: Position = node.section == .top ? .global : .component
    guard case .list(let items) = expression.form else {
      return component(expression, at: node) ?? json(expression, at: node, position)
    }
    var values: [JSONValue] = []
    for (index, item) in items.enumerated() {
      let entry = SectionElement.single.contains(node.name) ? node : node.child(.index(index))
      if let ref = reference(to: item, at: entry) {
        values.append(ref)
      } else if let value = component(item, at: entry) ?? json(item, at: entry, position) {
        values.append(value)
      }
    }
    return JSONValue(.list(values), expression.span)
  }

  /// A component that stands at `node`, with the references that 4.0 left out.
  private mutating func component(_ expression: Expression, at node: Node) -> JSONValue? {
    guard let component = expression.component else { return nil }
    let complete = ImplicitWiring.complete(component, at: node, span: expression.span, in: bindings)
    return object(complete, expression.span, at: node)
  }

  private mutating func object(
    _ component: ComponentExpression, _ span: Span, at node: Node
  ) -> JSONValue {
    func text(_ text: String) -> JSONValue { JSONValue(.string(text), component.targetSpan) }
    let suffix = component.aliases.map { "#" + $0 }.joined()
    var entries: [JSONEntry] = []
    var isFile = false
    switch component.target {
    case .name(let name): entries.append(JSONEntry("name", span, text(name + suffix)))
    case .path(let path, let label):
      if let label { entries.append(JSONEntry("name", span, text(label + suffix))) }
      entries.append(JSONEntry("path", span, text(path)))
    case .ref(let key): entries.append(JSONEntry("ref", span, text(key)))
    case .checkpoint, .torchScript: isFile = true
    }
    var args: [JSONEntry] = []
    for argument in component.arguments {
      let inner = node.child(.name(argument.name))
      guard let value = json(argument.value, at: inner, .component) else { continue }
      args.append(JSONEntry(argument.name, argument.nameSpan, value))
    }
    if isFile { entries += args }
    for attribute in component.attributes {
      let inner = node.child(.name(attribute.name))
      guard let value = json(attribute.value, at: inner, .component) else { continue }
      entries.append(JSONEntry(attribute.name, attribute.nameSpan, value))
    }
    if !isFile, !args.isEmpty {
      entries.append(JSONEntry("args", span, JSONValue(.object(args), span)))
    }
    return JSONValue(.object(entries), span)
  }

  private mutating func json(
    _ expression: Expression, at node: Node, _ position: Position
  ) -> JSONValue? {
    let span = expression.span
    func text(_ text: String) -> JSONValue { JSONValue(.string(text), span) }
    switch expression.form {
    case .none: return JSONValue(.null, span)
    case .bool(let flag): return JSONValue(.bool(flag), span)
    case .int(let number, let spelling):
      let isJSON = JSONNumber.isInteger(spelling)
      return JSONValue(.int(number, spelling: isJSON ? spelling : String(number)), span)
    case .double(let number, let spelling):
      let isJSON = JSONNumber.isDecimal(spelling)
      return JSONValue(.double(number, spelling: isJSON ? spelling : number.description), span)
    case .string(let string, let style):
      if position == .global || isResolved || style == .plain { return text(string) }
      if string.hasPrefix("@") || string.hasPrefix("#") || string.hasPrefix("lambda") {
        note(
          "a text that begins like this one means something else in JSON", expression, node)
      }
      return text(Self.doubled(string))
    case .variable(let name):
      if isResolved || position == .global {
        if let value = value(expression, node) { return value }
      }
      return text("{\(name)}")
    case .template(let parts):
      if isResolved || position == .global, let value = value(expression, node) { return value }
      return text(
        parts.map { part in
          switch part {
          case .text(let literal): Self.doubled(literal)
          case .variable(let name): "{\(name)}"
          }
        }.joined())
    case .reference(let path): return text("@\(path)")
    case .list(let items), .tuple(let items):
      return JSONValue(
        .list(
          items.enumerated().compactMap { index, item in
            json(item, at: node.child(.index(index)), position)
          }), span)
    case .dict(let entries):
      var written: [JSONEntry] = []
      for entry in entries {
        guard case .string(let key, _) = entry.key.form else {
          note("keys are text in JSON", entry.key, node)
          continue
        }
        guard let value = json(entry.value, at: node.child(.key(key)), position) else { continue }
        written.append(JSONEntry(key, entry.key.span, value))
      }
      return JSONValue(.object(written), span)
    case .component(let component): return object(component, span, at: node)
    default: return computed(expression, at: node, position)
    }
  }

  /// Lambdas and expressions: as text where JSON has a way to hold it, else as their value.
  private mutating func computed(
    _ expression: Expression, at node: Node, _ position: Position
  ) -> JSONValue? {
    let printed = text(expression)
    if case .lambda = expression.form, !expression.readsVariables {
      return JSONValue(.string(printed), expression.span)
    }
    if position == .component, expression.isConfigExpression {
      return JSONValue(.string("#" + printed), expression.span)
    }
    guard let value = value(expression, node) else {
      note("JSON cannot hold \(printed); it is left out", expression, node)
      return nil
    }
    note("JSON cannot hold \(printed); its value is written", expression, node)
    return value
  }

  /// As it was written, if it was written; expressions that wiring made are printed.
  private func text(_ expression: Expression) -> String {
    let syntax = bindings.strings.syntax
    let printed = syntax.print(expression)
    let span = expression.span
    let source = Array(bindings.sources[span.source].text.utf8)
    guard span.start < span.end, span.end <= source.count else { return printed }
    let written = String(decoding: source[span.start..<span.end], as: UTF8.self)
    // What stands there may be another text, such as the component that wiring completed.
    guard let again = try? syntax.parse(written, in: span.source, at: span.start),
      syntax.print(again) == printed
    else { return printed }
    return written
  }

  /// Nil when the value is unknown, or nothing that JSON can hold.
  private func value(_ expression: Expression, _ node: Node) -> JSONValue? {
    guard let value = try? bindings.value(of: expression, from: node.section) else { return nil }
    if case .variable(let name) = expression.form,
      let binding = bindings.lookup(name, from: node.section),
      case .double(_, let spelling) = binding.expression.form, case .double(let number) = value
    {
      return JSONValue(.double(number, spelling: spelling), expression.span)
    }
    return JSONValue(value, span: expression.span)
  }

  /// `{"ref": …}` for a transform of `validate` that says the same as one of `train`.
  private mutating func reference(to item: Expression, at node: Node) -> JSONValue? {
    guard !isResolved, node.section == .validate, SectionElement.transforms.contains(node.name),
      let own = item.component, !own.isRef,
      case .list(let others)? = bindings[.train, node.name]?.expression.form
    else { return nil }
    var silent = self
    let written = silent.object(own, item.span, at: node)
    for other in others.compactMap(\.component) {
      let key = other.aliases.first ?? other.writtenName ?? ""
      guard !other.isRef, silent.object(other, item.span, at: node) == written,
        others.count(where: { $0.component?.answers(to: key, in: bindings.catalog) ?? false }) == 1
      else { continue }
      return JSONValue(
        .object([JSONEntry("ref", item.span, JSONValue(.string(key), item.span))]), item.span)
    }
    return nil
  }

  private mutating func note(_ message: String, _ expression: Expression, _ node: Node) {
    notes.append(
      .note(
        Fault(
          .unsupported, message, place: bindings.sources.place(expression.span),
          path: node.configPath)))
  }

  /// Braces that are text are doubled.
  private static func doubled(_ text: String) -> String {
    var result = ""
    for character in text {
      result.append(character)
      if character == "{" || character == "}" { result.append(character) }
    }
    return result
  }
}

extension Bindings {
  /// The configuration with every placeholder replaced; disabled entries stay as they are.
  public var effectiveConfig: JSONValue { ConfigWriter.config(self, resolved: true).0 }
}

extension Expression {
  /// Reads a variable somewhere, also inside a text.
  public var readsNames: Bool {
    switch form {
    case .variable, .template, .name: true
    default: children.contains { $0.readsNames }
    }
  }

  /// Reads a `<variable>` somewhere.
  var readsVariables: Bool {
    if case .variable = form { return true }
    return children.contains { $0.readsVariables }
  }

  /// What `#…` of a config can say: calls, and whatever reads `@objects`, without variables.
  fileprivate var isConfigExpression: Bool {
    !readsVariables && (holdsCallOrReference)
  }

  private var holdsCallOrReference: Bool {
    switch form {
    case .call, .reference: true
    default: children.contains { $0.holdsCallOrReference }
    }
  }
}
