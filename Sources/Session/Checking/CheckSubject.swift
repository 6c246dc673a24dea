import Components
import Engine
import Script

/// A session as the rules of a check see it: components with the arguments that are known, cases with
/// the shapes that follow from their headers. Nothing is built, no random number is drawn.
///
/// Invariant behind `@unchecked`: belongs to the thread that checks; `Scope` asks for `Sendable` because
/// of closures, which no check hands on.
final class CheckSubject: @unchecked Sendable {
  let session: EtudeSession
  let bindings: Bindings
  /// The sections that are of interest: both, or the one that is about to run.
  let sections: [Section]
  /// How long voxels may be read; zero looks at headers, and at what the session has kept, only.
  let voxelTime: Duration

  private var definitions: [Node: Definition?] = [:]
  private var checked: [Node: CheckedComponent?] = [:]
  private var underWay: Set<Node> = []
  private var data: [Section: CheckedData?] = [:]
  private(set) lazy var graph = binding.map(bindings.graph(of:)) ?? bindings.graph
  /// Where components stand.
  private(set) lazy var nodes = graph.entries.filter(\.isComponent).map(\.node)
  /// What alone is looked at; nil for everything.
  private let binding: Node?
  /// Every component that counts, at any depth.
  private(set) lazy var components = nodes.compactMap { component(at: $0) }

  init(
    _ session: EtudeSession, bindings: Bindings? = nil, of binding: Node? = nil,
    sections: [Section] = [.train, .validate], voxelTime: Duration = .zero
  ) {
    (self.session, self.bindings) = (session, bindings ?? session.bindings)
    (self.binding, self.sections, self.voxelTime) = (binding, sections, voxelTime)
  }

  /// In bytes.
  private(set) lazy var usableMemory = Machine.current().usableMemory

  var hasEnvironment: Bool { session.location.map { $0.environment != nil } ?? true }

  func checkCancellation() throws(Fault) {
    if session.cancellation.isRequested { throw Fault(.interrupted, "interrupted") }
  }

  // MARK: Components

  /// Nil where a mistake keeps the node from having one, which the rule of names says.
  func definition(of node: Node) -> Definition? {
    if let known = definitions[node] { return known }
    let definition = try? graph.definition(of: node)
    definitions[node] = .some(definition)
    return definition
  }

  /// Nil for what is disabled, unknown or no component; its own rules say so.
  func component(at node: Node) -> CheckedComponent? {
    if let known = checked[node] { return known }
    guard underWay.insert(node).inserted else { return nil }
    defer { underWay.remove(node) }
    let result = read(node)
    checked[node] = .some(result)
    return result
  }

  private func read(_ node: Node) -> CheckedComponent? {
    // What keeps a node from having a definition is said by the rule of names.
    guard let definition = self.definition(of: node),
      case .component(let component) = definition.expression.form,
      let type = session.catalog[component]
    else { return nil }
    let place = ComponentPlace(
      component: component, span: definition.expression.span, node: definition.copied ?? node,
      sources: session.sources)
    var reading = ComponentReading(self, node.section, place, type)
    return reading.read(node: node, isCopy: definition.copied != nil)
  }

  /// The component that an argument of the section's engine names, or without an engine the element of
  /// that name.
  func part(_ argument: String, _ element: String, of section: Section) -> CheckedComponent? {
    partNode(argument, element, of: section).flatMap { component(at: $0) }
  }

  func partNode(_ argument: String, _ element: String, of section: Section) -> Node? {
    if let engine = engine(of: section) { return engine.node(of: argument) }
    if element == "model" { return bindings.lookup(element, from: section)?.node }
    return own(element, of: section)
  }

  /// An element of the section itself, or of the top.
  func own(_ element: String, of section: Section) -> Node? {
    (bindings[section, element] ?? bindings[.top, element])?.node
  }

  /// The trainer, or the evaluator.
  func engine(of section: Section) -> CheckedComponent? {
    bindings[section, section == .train ? "trainer" : "evaluator"]
      .flatMap { component(at: $0.node) }
  }

  /// Bindings that something else reads; saving and loading an object is no use of it.
  private(set) lazy var readNodes: Set<Node> = {
    var read: Set<Node> = []
    for entry in graph.entries {
      let node = entry.node
      let type = entry.isComponent ? component(at: node)?.type : nil
      if type == CheckpointSaver.self || type == CheckpointLoader.self { continue }
      for dependency in entry.dependencies where !node.contains(dependency.node) {
        read.insert(dependency.node.binding)
      }
    }
    return read
  }()

  // MARK: Values

  func value(of expression: Expression, in scope: CheckScope) throws -> Value {
    // Most arguments are literals, for which an evaluator is too much.
    if let literal = expression.literal { return literal }
    let context = CallContext(
      output: QuietSink(), cancellation: session.cancellation, budget: StepBudget(steps: 1_000_000))
    return try Evaluator(scope: scope, sources: session.sources, context: context)
      .value(of: expression)
  }

  /// A stand-in for what `@node` would be: one object, a pipeline, a list or a dict of them.
  func standIn(for node: Node) throws -> Value {
    if node.isBinding, node.section != .top {
      switch node.name {
      case "pre_transforms", "post_transforms":
        return .object(try pipeline(node.name, in: node.section))
      case "handlers":
        return .list(try entries(node).map(\.value))
      case "key_metric", "additional_metrics":
        let metrics = try entries(node).map { entry in
          (try label(of: entry.definition) ?? "metric", entry.value)
        }
        return .dict(ValueDictionary(metrics))
      default: break
      }
    }
    guard let definition = self.definition(of: node) else { throw Unknowable() }
    if case .component(let component) = definition.expression.form {
      return try standIn(for: component, node)
    }
    return try value(
      of: definition.expression, in: CheckScope(subject: self, place: node.section))
  }

  /// The same for a component written inside an expression.
  func standIn(
    for component: ComponentExpression, _ span: Span, in section: Section
  ) throws -> Value {
    guard let type = session.catalog[component] else { return .object(StandIn("object", nil)) }
    guard type.kind == .transform else { return .object(StandIn(type.declaration.name, type.kind)) }
    let place = ComponentPlace(
      component: component, span: span, node: nil, sources: session.sources)
    var reading = ComponentReading(self, section, place, type)
    let checked = reading.read(node: nil, isCopy: false)
    return .object(Compose([try transform(checked)], locators: [place.locate]))
  }

  private func standIn(for component: ComponentExpression, _ node: Node) throws -> Value {
    switch component.target {
    case .checkpoint, .torchScript: return .object(StandIn("network", .network, node))
    default: break
    }
    guard let type = session.catalog[component] else {
      return .object(StandIn(component.writtenName ?? "object", nil, node))
    }
    if type.kind == .transform, let checked = self.component(at: node) {
      return .object(Compose([try transform(checked)], locators: [checked.place.locate]))
    }
    return .object(StandIn(type.declaration.name, type.kind, node))
  }

  private func entries(_ node: Node) throws -> [(definition: Definition, value: Value)] {
    guard let entries = try? bindings.entries(of: node.name, in: node.section) else {
      throw Unknowable()
    }
    let definitions = entries.compactMap { definition(of: $0) }
    guard definitions.count == entries.count else { throw Unknowable() }
    return try definitions.map { definition in
      guard case .component(let component) = definition.expression.form else { throw Unknowable() }
      return (definition, try standIn(for: component, definition.node))
    }
  }

  private func label(of definition: Definition) throws -> String? {
    guard case .component(let component) = definition.expression.form else { return nil }
    guard let label = component.attribute("log_label") else { return component.writtenName }
    let value = try value(of: label, in: CheckScope(subject: self, place: definition.section))
    if case .string(let text) = value { return text }
    return nil
  }

  /// The transforms of an element; unknowable as long as one of them has a mistake.
  func pipeline(_ element: String, in section: Section) throws -> Compose {
    guard let entries = try? bindings.entries(of: element, in: section) else { throw Unknowable() }
    let steps = try entries.map { node in
      guard let checked = component(at: node) else { throw Unknowable() }
      return (try transform(checked), checked.place)
    }
    return Compose(steps.map(\.0), locators: steps.map { $0.1.locate })
  }

  private func transform(_ checked: CheckedComponent) throws -> any Transform {
    guard let transform = checked.value as? any Transform, checked.isKnown else {
      throw Unknowable()
    }
    return transform
  }

  /// Says what the argument at fault reads, where it reads something.
  func explained(_ fault: Fault, _ component: CheckedComponent) -> Fault {
    guard let name = fault.argument.first, let section = component.node?.section else {
      return fault
    }
    let parts = component.place.component.arguments + component.place.component.attributes
    guard let part = parts.last(where: { $0.name == name }) else { return fault }
    return explained(fault, part.value, section)
  }

  /// Says what the names in an expression stand for, below what is wrong with it.
  func explained(_ fault: Fault, _ expression: Expression, _ section: Section) -> Fault {
    var fault = fault
    for name in expression.variablesRead.sorted() {
      guard let binding = bindings.lookup(name, from: section),
        let value = try? bindings.value(of: binding.expression, from: binding.section)
      else { continue }  // what cannot be read is told by the rule of names
      let place = session.sources.place(binding.provenance.span)
      fault.notes.append("\(name) is \(value.shortened) (\(place.source):\(place.line))")
    }
    return fault
  }

  // MARK: Data

  /// The cases of a section and its pipeline; nil while something about them is not known.
  func data(in section: Section) -> CheckedData? {
    if let known = data[section] { return known }
    let result = CheckedData(self, section)
    data[section] = .some(result)
    return result
  }
}

extension Catalog {
  /// The class of a component expression; nil for a `ref`, a model file and what is unknown.
  subscript(component: ComponentExpression) -> (any Component.Type)? {
    switch component.target {
    case .name(let name), .path(let name, _): self[name]
    case .ref, .checkpoint, .torchScript: nil
    }
  }
}

extension Expression {
  fileprivate var variablesRead: Set<String> {
    switch form {
    case .variable(let name): [name]
    case .name(let name): [name]
    default: children.reduce(into: []) { $0.formUnion($1.variablesRead) }
    }
  }
}

/// Takes what nobody is to read.
struct QuietSink: OutputSink {
  func write(_ text: String, to channel: OutputChannel) {}
}
