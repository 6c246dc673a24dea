import Components
import Engine
import Script

/// What expressions of a config read while they are checked: values that need no building, and
/// stand-ins for objects.
struct CheckScope: Scope {
  let subject: CheckSubject
  let place: Section
  /// Variables that are being read, so that a circle ends.
  var reading: [Node] = []

  private var session: EtudeSession { subject.session }

  func name(_ name: String, _ span: Span) throws -> Value? {
    if session.action(name) != nil {
      return .function(NativeFunction(name) { _, _ in throw Unknowable() })
    }
    if let binding = subject.bindings.lookup(name, from: place) { return try value(of: binding) }
    let parts = name.split(separator: ".")
    if parts.count > 1, let first = parts.first, Section(rawValue: String(first)) != nil {
      throw Unknowable()
    }
    if TensorFunctions.named(name) != nil || name.hasPrefix("torch.") { throw Unknowable() }
    return session.catalog[name].map { .object(ComponentClass($0.declaration)) }
  }

  func variable(_ name: String, _ span: Span) throws -> Value {
    guard let binding = subject.bindings.lookup(name, from: place) else { throw Unknowable() }
    return try value(of: binding)
  }

  /// Who names nothing is told by the rule of names.
  func reference(_ path: Path, _ span: Span) throws -> Value {
    let resolution: Resolution
    do throws(Fault) {
      resolution = try subject.bindings.resolve(path, from: place, at: span)
    } catch {
      throw Unknowable()
    }
    guard case .object(let node, let rest) = resolution else {
      return .object(StandIn("conf", nil))
    }
    guard rest.isEmpty else { throw Unknowable() }
    return try subject.standIn(for: node)
  }

  func component(
    _ component: ComponentExpression, captured: Locals, _ span: Span
  ) throws -> Value {
    try subject.standIn(for: component, span, in: place)
  }

  func special(
    _ name: String, _ arguments: [CallArgument], captured: Locals, _ span: Span
  ) throws -> Value? { nil }

  var knownNames: [String] {
    Section.allCases.flatMap { subject.bindings.names(in: $0) } + session.catalog.spellings
  }

  private func value(of binding: Binding) throws -> Value {
    if binding.expression.holdsComponent { return try subject.standIn(for: binding.node) }
    // What an action gave is kept and never computed again.
    if let kept = subject.bindings.held(binding.node)?.value { return kept }
    guard !reading.contains(binding.node) else { throw Unknowable() }
    var inner = CheckScope(subject: subject, place: binding.section)
    inner.reading = reading + [binding.node]
    return try subject.value(of: binding.expression, in: inner)
  }
}

extension Expression {
  /// A component, or a list or dict with one in it.
  fileprivate var holdsComponent: Bool {
    switch form {
    case .component: true
    case .list, .tuple, .dict: children.contains { $0.holdsComponent }
    default: false
    }
  }
}
