import Components
import Engine
import Script

/// What the evaluator may read of a session, seen from one of its sections.
struct SessionScope: Workspace {
  let session: EtudeSession
  let place: Section
  /// Components of the definition being made, which are built already, by where they stand.
  let parts: [Span: Value]

  init(_ session: EtudeSession, _ place: Section, parts: [Span: Value] = [:]) {
    (self.session, self.place, self.parts) = (session, place, parts)
  }

  // MARK: Reading

  func name(_ name: String, _ span: Span) throws -> Value? {
    if let action = session.action(name) { return .function(action) }
    if let binding = session.bindings.lookup(name, from: place) {
      return try session.value(of: binding.node)
    }
    if let path = try sectionPath(name) { return try declaration(path) }
    if let type = session.catalog[name] {
      return .object(ComponentClass(type.declaration))
    }
    return nil
  }

  func variable(_ name: String, _ span: Span) throws -> Value {
    try session.value(of: session.bindings.variable(name, at: span, from: place).node)
  }

  func reference(_ path: Path, _ span: Span) throws -> Value {
    switch try session.bindings.resolve(path, from: place, at: span) {
    case .configuration: return .object(EffectiveConfig(session))
    case .object(let node, let rest):
      return try session.value(of: node).element(at: rest[...], StepBudget())
    }
  }

  func component(
    _ component: ComponentExpression, captured: Locals, _ span: Span
  ) throws -> Value {
    if let part = parts[span] { return part }
    return try session.maker(self, captured: captured).make(component, span: span, path: nil)
  }

  func special(
    _ name: String, _ arguments: [CallArgument], captured: Locals, _ span: Span
  ) throws -> Value? {
    if name == "sweep" { return try sweep(arguments, captured) }
    guard name == "explain", let subject = arguments.first, arguments.count == 1 else { return nil }
    try Explainer(session: session, scope: self, captured: captured).explain(subject.value)
    return Value.none
  }

  var knownNames: [String] {
    Section.allCases.flatMap { session.bindings.names(in: $0) } + session.actionNames
      + session.catalog.spellings
  }

  /// `train.optimizer.lr`: the declaration, not the object.
  private func sectionPath(_ name: String) throws -> Path? {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count > 1, let section = Section(rawValue: parts[0]), section != .top else {
      return nil
    }
    guard session.bindings[section, parts[1]] != nil else {
      throw Fault(
        .unknownName, "\(section.rawValue) has no \(parts[1])",
        suggestion: Spelling.nearest(to: parts[1], among: session.bindings.names(in: section)))
    }
    return Path(parts.map(Path.Step.name))
  }

  private func declaration(_ path: Path) throws -> Value? {
    let expression: Expression
    do throws(Fault) { expression = try session.bindings.expression(at: path) } catch {
      if error.kind == .unknownName, path.steps.count > 2 { return nil }
      throw error
    }
    let target = try session.bindings.target(of: path, from: place)
    return .object(
      WrittenExpression(expression, session.printer, target.steps.isEmpty ? target.node : nil))
  }

  // MARK: Changing

  func section(_ name: String, _ span: Span) throws -> any Workspace {
    guard let section = Section(rawValue: name) else {
      throw Fault.unknown("section", name, among: Section.allCases.map(\.rawValue))
    }
    return SessionScope(session, section)
  }

  func show(_ value: Value, _ statement: Statement) throws {
    if case .none = value { return }
    if case .expression(let expression) = statement.form, case .name(let name) = expression.form,
      let section = Section(rawValue: name), section != .top
    {
      if !statement.isSilent { session.output.write(session.table(of: section), to: .result) }
      return
    }
    session.keepLast(value)
    // The lines of a run were written when it ended.
    if case .expression(let expression) = statement.form, case .call = expression.form,
      case .object(let run as Run) = value, session.runs.isLast(run)
    {
      return
    }
    if !statement.isSilent { session.output.write(value.description, to: .result) }
  }
}

/// A class of the catalogue named without a call: its help page.
final class ComponentClass: Object {
  let declaration: Declaration
  init(_ declaration: Declaration) { self.declaration = declaration }
  var kind: String { "component class" }
  var summary: String { ComponentHelp(declaration: declaration).text }
}

/// What is written under a name, as opposed to the object it stands for.
final class WrittenExpression: Object {
  let expression: Expression
  /// The binding, when it is a whole one.
  let node: Node?
  private let printer: Printer

  init(_ expression: Expression, _ printer: Printer, _ node: Node?) {
    (self.expression, self.printer, self.node) = (expression, printer, node)
  }

  var kind: String { "declaration" }
  var summary: String { printer.layout(expression) }
}
