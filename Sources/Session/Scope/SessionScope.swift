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
    if let function = torch(name) { return function }
    if let type = session.catalog[name] {
      return .object(ComponentClass(type.declaration))
    }
    return nil
  }

  /// `zeros`, also as `torch.zeros`, and the names of dtypes: `torch.float32`.
  private func torch(_ name: String) -> Value? {
    guard name.hasPrefix("torch.") else { return TensorFunctions.named(name).map { .function($0) } }
    let short = String(name.dropFirst(6))
    if let function = TensorFunctions.named(short) ?? session.random(short) {
      return .function(function)
    }
    return DType(rawValue: short) == nil ? nil : .string(short)
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
    return try session.maker(self, captured: captured).make(component, span: span, node: nil)
  }

  var knownNames: [String] {
    var names = Section.allCases.flatMap { session.bindings.names(in: $0) }.filter { $0 != "_" }
    names += session.actionNames
    names += TensorFunctions.all.map(\.name)
    return names + session.catalog.spellings
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

  /// What is written at a path, or its value when it is plain; nil where nothing is written.
  func declaration(_ path: Path) throws -> Value? {
    let expression: Expression
    do throws(Fault) { expression = try session.bindings.expression(at: path) } catch {
      if error.kind == .unknownName, path.steps.count > 2 { return nil }
      throw error
    }
    let target = try session.bindings.target(of: path, from: place)
    if !expression.holdsComponents, let value = try plainValue(expression, target.node.section) {
      return value
    }
    return .object(
      WrittenExpression(expression, at: path, in: self, target.steps.isEmpty ? target.node : nil))
  }

  /// Of a part that is made of literals and variables; nil for one that has to be evaluated.
  private func plainValue(_ expression: Expression, _ section: Section) throws(Fault) -> Value? {
    do throws(Fault) { return try session.bindings.value(of: expression, from: section) } catch {
      if error.kind == .unsupported { return nil }
      throw error
    }
  }

  // MARK: Changing

  func section(_ name: String, _ span: Span) throws -> any Workspace {
    guard let section = Section(rawValue: name) else {
      throw Fault.unknown("section", name, among: Section.allCases.map(\.rawValue))
    }
    return SessionScope(session, section)
  }

  func load(pasted span: Span) throws { try session.load(pasted: span) }

  func show(_ value: Value, _ statement: Statement) throws {
    if case .none = value { return }
    if case .expression(let expression) = statement.form, case .name(let name) = expression.form,
      let section = Section(rawValue: name), section != .top
    {
      if !statement.isSilent {
        session.output.show(session.table(of: section), as: .value)
      }
      return
    }
    session.keepLast(value)
    // The lines of a run were written when it ended.
    if case .expression(let expression) = statement.form, case .call = expression.form,
      case .object(let run as Run) = value, session.runs.isLast(run)
    {
      return
    }
    if statement.isSilent { return }
    var shown = session.rich(value)
    if let written = statement.expression.flatMap({ self.written($0, worth: value) }) {
      shown.text = "\(written)\n→ \(shown.text)"
    }
    session.output.show(shown, as: .value)
  }

  /// How a part of a declaration is written, where that is more than its value: `<learning_rate>`.
  private func written(_ expression: Expression, worth value: Value) -> String? {
    guard let path = expression.literalPath, case .name(let first)? = path.steps.first,
      path.steps.count > 1, Section(rawValue: first) != nil
    else { return nil }
    if case .object(is WrittenExpression) = value { return nil }
    // A path that names no declaration was an attribute of an object.
    guard let tree = try? session.bindings.expression(at: path) else { return nil }
    return tree.readsNames ? session.printer.text(tree) : nil
  }
}

/// A class of the catalogue named without a call: its help page.
final class ComponentClass: Object {
  let declaration: Declaration
  init(_ declaration: Declaration) { self.declaration = declaration }
  var kind: String { "component class" }
  var summary: String { ComponentHelp(declaration: declaration).text() }
}

/// What is written under a name, as opposed to the object it stands for. Its parts go by index and by
/// name: `train.handlers[0].save_dir`.
final class WrittenExpression: HasAttributes, HasIndex {
  let expression: Expression
  /// The binding, when it is a whole one.
  let node: Node?
  private let path: Path
  private let scope: SessionScope

  init(_ expression: Expression, at path: Path, in scope: SessionScope, _ node: Node?) {
    (self.expression, self.path, self.scope, self.node) = (expression, path, scope, node)
  }

  var kind: String { "declaration" }
  var summary: String { scope.session.printer.layout(expression) }

  var count: Int? { if case .list(let items) = expression.form { items.count } else { nil } }

  func element(at index: Value) throws -> Value {
    switch index {
    case .int(let number): try part(.index(number))
    case .string(let key): try part(.key(key))
    default: throw Fault.wrongType(wanted: "int or string", got: index)
    }
  }

  var attributeNames: [String] {
    switch expression.form {
    case .component(let component): (component.arguments + component.attributes).map(\.name)
    case .list(let items): items.flatMap { $0.entryNames }
    default: []
    }
  }

  func attribute(_ name: String) throws -> Value? {
    do { return try part(.name(name)) } catch let fault as Fault where fault.kind == .unknownName {
      return nil
    }
  }

  private func part(_ step: Path.Step) throws -> Value {
    let inner = Path(path.steps + [step])
    // Says which entries there are when there is no such one.
    _ = try scope.session.bindings.expression(at: inner)
    guard let value = try scope.declaration(inner) else {
      throw Fault(.unknownName, "nothing is written at \(inner)")
    }
    return value
  }
}

extension Expression {
  /// What an entry of a list goes by.
  fileprivate var entryNames: [String] {
    guard case .component(let component) = form else { return [] }
    return component.aliases + [component.writtenName].compactMap { $0 }
  }
}
