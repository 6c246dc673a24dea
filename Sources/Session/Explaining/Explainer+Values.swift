import Components
import Script

/// Variables with their layers, values of actions, and where things were written.
extension Explainer {
  /// A variable: its value, what it hides, and the variables it is computed from.
  func add(
    _ binding: Binding, depth: Int, to explanation: inout Explanation, seen: Set<Node>
  ) {
    guard !seen.contains(binding.node) else { return }
    let span = binding.expression.span
    if let held = binding.held {
      let source = held.source.map(session.printer.text)
      let value = held.value.description
      let isResult = source == nil || source == value
      explanation.add(
        depth, binding.name, isResult ? value : "\(source ?? "") = \(value)", origin(of: span))
      addReads(of: held, depth: depth + 1, to: &explanation)
    } else {
      explanation.add(
        depth, binding.name, text(of: binding.expression, from: binding.section), origin(of: span))
      for read in bindings.dependencies(of: binding.expression, from: binding.section) {
        guard let inner = bindings[read.node.section, read.node.name],
          !inner.expression.holdsComponents || inner.held != nil
        else { continue }
        add(inner, depth: depth + 1, to: &explanation, seen: seen.union([binding.node]))
      }
    }
    for layer in binding.hidden.reversed() {
      explanation.add(
        depth + 1, "hides", session.printer.text(layer.expression),
        origin(of: layer.expression.span))
    }
  }

  /// What an action had read when its line ran; the line is not run again.
  private func addReads(
    of held: HeldValue, depth: Int, to explanation: inout Explanation
  ) {
    var changed: [String] = []
    for read in held.reads {
      let now = presentValue(of: read.node)
      if let now, now.isSame(as: read.value) {
        explanation.add(depth, "had read \(read.text)", Self.brief(read.value))
      } else {
        changed.append(read.text)
        explanation.add(
          depth, "had read \(read.text)",
          "\(Self.brief(read.value)), now \(now.map(Self.brief) ?? "unset")")
      }
    }
    explanation.add(
      depth, "",
      changed.isEmpty
        ? "value kept" : "value kept; \(changed.joined(separator: ", ")) has changed since")
  }

  /// The value a node has without building anything.
  func presentValue(of node: Node) -> Value? {
    if let held = bindings.held(node) { return held.value }
    guard let binding = bindings[node.section, node.name] else { return nil }
    if binding.expression.holdsComponents { return session.workbench.built(node)?.value }
    return evaluated(binding.expression, from: node.section)
  }

  func addReaders(of binding: Binding, to explanation: inout Explanation) {
    var names: [String] = []
    for entry in bindings.readers(of: binding.node)
    where !names.contains(entry.reader.shortName) { names.append(entry.reader.shortName) }
    if !names.isEmpty { explanation.add(1, "read by", names.joined(separator: ", ")) }
  }

  // MARK: Texts

  /// As written, and what it comes to where that is something else and needs nothing built.
  func text(of expression: Expression, from section: Section) -> String {
    let written = session.printer.text(expression)
    switch expression.form {
    case .none, .bool, .int, .double, .string, .lambda: return written
    case .reference(let path):
      guard
        case .object(let node, let rest)? = try? bindings.resolve(
          path, from: section, at: expression.span), rest.isEmpty,
        let built = session.workbench.built(node), case .object(let object) = built.value
      else { return written }  // shown as it is written; using it says what is wrong
      return "\(written) (\(object.kind))"
    default: break
    }
    guard !bindings.dependencies(of: expression, from: section).isEmpty || !expression.isWrittenOut,
      let value = evaluated(expression, from: section)
    else { return written }
    return "\(written) = \(Self.brief(value))"
  }

  /// Nil when it would build something, act, or fail: using it says why.
  private func evaluated(_ expression: Expression, from section: Section) -> Value? {
    let source = session.bindingsInForce
    for read in bindings.dependencies(of: expression, from: section) where read.kind == .object {
      switch session.workbench.condition(of: read.node, in: source) {
      case .built: continue
      case .unbuilt:
        let isPlain = bindings[read.node.section, read.node.name]
          .map {
            !$0.expression.holdsComponents && evaluated($0.expression, from: $0.section) != nil
          }
        if isPlain != true { return nil }
      case .stale, .failed: return nil
      }
    }
    let evaluator = Evaluator(
      scope: SessionScope(session, section), sources: session.sources,
      context: session.callContext(), captured: captured)
    evaluator.allowsActions = false
    return try? evaluator.value(of: expression)
  }

  /// `cell 3:1:17`, `config_train.json:20:15`, `--set learning_rate=0.1`
  func origin(of span: Span) -> String {
    let source = session.sources[span.source]
    if source.name.hasPrefix("--") {
      return source.name.contains(" ") ? source.name : "\(source.name) \(source.text)"
    }
    return Self.short(source.place(span))
  }

  static func short(_ place: Place) -> String {
    let name = place.source.split(separator: "/").last.map(String.init) ?? place.source
    return "\(name):\(place.line):\(place.column)"
  }

  /// One line of a value; an object's kind where its summary is long.
  static func brief(_ value: Value) -> String { Explanation.cut(value.description, to: 48) }
}

extension Expression {
  /// Literals only: there is nothing to compute.
  fileprivate var isWrittenOut: Bool {
    switch form {
    case .none, .bool, .int, .double, .string: true
    case .list(let items), .tuple(let items): items.allSatisfy { $0.isWrittenOut }
    case .dict(let entries): entries.allSatisfy { $0.value.isWrittenOut }
    case .unary(.negate, let operand): operand.isWrittenOut
    default: false
    }
  }
}
