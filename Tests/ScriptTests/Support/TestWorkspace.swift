import Components
import Script
import Synchronization

/// Keeps names and their values, each computed when it is bound.
final class TestWorkspace: Workspace {
  struct State {
    var values: [String: Value] = [:]
    /// What was shown, by line, and what was printed.
    var shown: [Int: [String]] = [:]
    var bound: [String] = []
  }

  let state = Mutex(State())
  let sources: SourceStore
  let sink = TestSink()
  let section: String
  let cancellation = Cancellation()

  /// Classes the catalogue knows.
  static let names = ComponentNames(
    isComponent: { path in
      let name = path.split(separator: ".").last.map(String.init) ?? ""
      return ["UNet", "Adam", "DiceLoss", "LoadImaged", "AsDiscrete", "StatsHandler"].contains(name)
    },
    isAttribute: { component, key in component == "StatsHandler" && key == "tag" ? true : nil })

  init(_ sources: SourceStore, section: String = "", values: [String: Value] = [:]) {
    (self.sources, self.section) = (sources, section)
    state.withLock { $0.values = values }
  }

  func context(steps: Int = 1_000_000, largestValue: Int = 100_000) -> CallContext {
    CallContext(
      output: sink, cancellation: cancellation,
      budget: StepBudget(steps: steps, largestValue: largestValue))
  }

  private func evaluate(_ expression: Expression, _ captured: Locals) throws -> Value {
    try Evaluator(scope: self, sources: sources, context: context(), captured: captured)
      .value(of: expression)
  }

  // MARK: Scope

  func name(_ name: String, _ span: Span) -> Value? {
    state.withLock { $0.values[section + name] ?? $0.values[name] }
  }

  func variable(_ name: String, _ span: Span) throws -> Value {
    guard let value = self.name(name, span) else {
      throw Fault.unknown("variable", name, among: knownNames)
    }
    return value
  }

  func reference(_ path: Path, _ span: Span) throws -> Value {
    guard let value = name("@\(path)", span) else {
      throw Fault.unknown("object", path.description, among: knownNames)
    }
    return value
  }

  func component(
    _ component: ComponentExpression, captured: Locals, _ span: Span
  ) throws -> Value {
    var arguments = ValueDictionary()
    for argument in component.arguments + component.attributes {
      arguments[argument.name] = try evaluate(argument.value, captured)
    }
    return .object(TestComponent(component.targetText, arguments))
  }

  func special(
    _ name: String, _ arguments: [CallArgument], captured: Locals, _ span: Span
  ) throws -> Value? {
    guard name == "explain" else { return nil }
    return .string(
      arguments.map { Printer(names: Self.names).text($0.value) }.joined(separator: "; "))
  }

  var knownNames: [String] { state.withLock { Array($0.values.keys) } }

  // MARK: Workspace

  func bind(
    _ target: Statement.Target, _ value: Expression, captured: Locals, _ span: Span
  ) throws {
    let printer = Printer(names: Self.names)
    let text = section + printer.text(target) + " = " + printer.text(value)
    state.withLock { $0.bound.append(text) }
    switch target {
    case .path(let path, _): try set(path, try evaluate(value, captured))
    case .names(let names, _):
      let values = try Evaluator.unpack(try evaluate(value, captured), count: names.count)
      for (name, value) in zip(names, values) { set(name, value) }
    case .element: throw Fault(.invalid, "an element target reached the workspace")
    }
  }

  private func set(_ path: Path, _ value: Value) throws {
    guard case .name(let root)? = path.steps.first else { return }
    if path.steps.count == 1 { return set(root, value) }
    let steps = path.steps.dropFirst()
    guard let old = state.withLock({ $0.values[root] }),
      !steps.contains(where: { if case .name = $0 { true } else { false } })
    else { return set(path.description, value) }
    set(root, try old.replacing(steps, with: value, StepBudget()))
  }

  private func set(_ name: String, _ value: Value) {
    state.withLock { $0.values[section + name] = value }
  }

  func update(
    _ target: Statement.Target, _ operation: BinaryOperator, _ value: Expression,
    captured: Locals, _ span: Span
  ) throws {
    guard case .path(let path, _) = target, case .name(let root)? = path.steps.first else { return }
    let old = try variable(root, span).element(at: path.steps.dropFirst(), StepBudget())
    let new = try Arithmetic.combine(operation, old, try evaluate(value, captured), StepBudget())
    try set(path, new)
  }

  func delete(_ target: Statement.Target, _ span: Span) throws {
    guard case .path(let path, _) = target else { return }
    let name = section + path.description
    guard state.withLock({ $0.values.removeValue(forKey: name) }) != nil else {
      throw Fault.unknown("variable", name, among: knownNames)
    }
  }

  func define(_ name: String, _ function: any Callable, _ statement: Statement) {
    set(name, .function(function))
  }

  func load(pasted span: Span) {
    state.withLock { $0.bound.append("a config of \(span.end - span.start) bytes") }
  }

  func show(_ value: Value, _ statement: Statement) {
    if case .none = value { return }
    if statement.isSilent { return }
    let line = sources.place(Span(statement.span.source, statement.span.end, statement.span.end))
      .line
    state.withLock { $0.shown[line, default: []].append(value.description) }
  }

  func section(_ name: String, _ span: Span) -> any Workspace {
    let inner = TestWorkspace(
      sources, section: name + ".", values: state.withLock { $0.values })
    children.withLock { $0.append(inner) }
    return inner
  }

  private let children = Mutex<[TestWorkspace]>([])

  /// What was shown and bound here and in the sections opened from here.
  var everything: (shown: [Int: [String]], bound: [String]) {
    var (shown, bound) = state.withLock { ($0.shown, $0.bound) }
    for child in children.withLock({ $0 }) {
      shown.merge(child.everything.shown) { $0 + $1 }
      bound += child.everything.bound
    }
    return (shown, bound)
  }
}

/// Remembers what was written.
final class TestSink: OutputSink {
  private let lines = Mutex("")
  func write(_ text: String, to channel: OutputChannel) { lines.withLock { $0 += text } }
  var text: String { lines.withLock { $0 } }
}

/// Parses and evaluates one expression.
func evaluate(
  _ text: String, values: [String: Value] = [:], steps: Int = 1_000_000,
  largestValue: Int = 100_000
) throws -> Value {
  let sources = SourceStore()
  let source = sources.add(name: "test", text: text)
  let workspace = TestWorkspace(sources, values: values)
  let tree = try Parser.expression(
    text, at: TextOrigin(source), in: sources, names: TestWorkspace.names)
  return try Evaluator(
    scope: workspace, sources: sources,
    context: workspace.context(steps: steps, largestValue: largestValue)
  ).value(of: tree)
}

/// The fault of an expression.
func fault(_ text: String, values: [String: Value] = [:]) -> Fault? {
  do {
    _ = try evaluate(text, values: values)
    return nil
  } catch { return error as? Fault }
}
