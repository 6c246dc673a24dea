import Components
import Script
import Synchronization

/// The live objects of a session, each with what it was built from.
///
/// Nothing is marked stale. An object holds as long as its definition is the same text and
/// everything it reads is the same value; so the first use after a change rebuilds what the change
/// reaches, in the order of dependencies, each once, and nothing else.
final class Workbench: Sendable {
  /// Makes the value of a definition whose reads are all there.
  typealias Maker = @Sendable (Definition, _ parts: [Span: Value]) throws -> Value
  /// Hands what the old object learned to the new one.
  typealias Heir = @Sendable (_ old: Built, _ new: Built) throws -> Succession

  /// The bindings that count, and a number that is another one after every change of them.
  struct Source: Sendable {
    var bindings: Bindings
    var revision: Int
  }

  /// Something that was read in order to build.
  struct Input: Sendable {
    var node: Node
    /// As it is written: `<learning_rate>`, `@model`.
    var text: String
    var value: Value
  }

  struct Built: Sendable {
    let node: Node
    let value: Value
    /// The definition it was made of, and the same as text.
    let expression: Expression
    let text: String
    let inputs: [Input]
  }

  /// What came of handing on.
  struct Succession: Sendable {
    /// What to say about it: `moments kept`.
    var words: String?
    /// Nothing fitted: the old object keeps what it learned, and is worth going back to.
    var isNewLine = false
  }

  struct Rebuilt: Sendable {
    /// Nil when there was nothing before.
    var old: Built?
    var new: Built
    var succession: Succession
    var node: Node { new.node }
  }

  fileprivate struct Failed: Sendable {
    var text: String
    var inputs: [Input]
    var fault: Fault
  }

  fileprivate struct State: Sendable {
    var built: [Node: Built] = [:]
    var failed: [Node: Failed] = [:]
    /// What the turn has gone through, and for which bindings.
    var fresh: Set<Node> = []
    var revision = -1
    var rebuilt: [Rebuilt] = []
    /// Objects that a new line replaced, by the step of the session that caused it.
    var aside: [Int: [Node: Built]] = [:]
    /// The step that replaced all of them, by loading.
    var loadStep: Int?
    var step = 0
  }

  private let state = Mutex(State())
  private let maker: Maker
  private let heir: Heir
  private let printer: Printer

  init(printer: Printer, maker: @escaping Maker, heir: @escaping Heir) {
    (self.printer, self.maker, self.heir) = (printer, maker, heir)
  }

  /// The value of a node, built now if it has to be, after everything it reads.
  ///
  /// - Throws: what keeps it from being built. A build that failed is not tried again before
  ///   something it reads has changed; its fault is thrown again.
  func value(of node: Node, in source: Source) throws -> Value {
    if let held = source.bindings.held(node) { return held.value }
    let known = state.withLock { state -> Value? in
      if state.revision != source.revision {
        (state.revision, state.fresh) = (source.revision, [])
      }
      return state.fresh.contains(node) ? state.built[node]?.value : nil
    }
    if let known { return known }
    for needed in try source.bindings.buildOrder(for: [node]) { try refresh(needed, in: source) }
    guard let value = built(node)?.value else {
      throw Fault(.state, "\(node) has no value", path: node.configPath)
    }
    return value
  }

  /// The object a node has now, whether or not it still holds.
  func built(_ node: Node) -> Built? { state.withLock { $0.built[node] } }

  /// Every object there is.
  var values: [Node: Value] { state.withLock { $0.built.mapValues(\.value) } }

  /// Forgets objects, so that the next use makes new ones that inherit nothing.
  func discard(_ nodes: some Sequence<Node>) {
    state.withLock { for node in nodes { ($0.built[node], $0.failed[node]) = (nil, nil) } }
    beginTurn()
  }

  /// Starts a new statement: what was looked at before is looked at again.
  func beginTurn() { state.withLock { $0.fresh = [] } }

  /// What was built since this was asked last.
  func takeRebuilt() -> [Rebuilt] {
    state.withLock { state in
      defer { state.rebuilt = [] }
      return state.rebuilt
    }
  }

  // MARK: Building

  private func refresh(_ node: Node, in source: Source) throws {
    if state.withLock({ $0.fresh.contains(node) }) || source.bindings.held(node) != nil { return }
    let definition = try source.bindings.definition(of: node)
    let text = printer.text(definition.expression)
    let (inputs, parts) = try inputs(of: node, in: source)
    let (old, failed) = state.withLock { ($0.built[node], $0.failed[node]) }
    if let old, old.text == text, Self.same(old.inputs, inputs),
      !followsObjects(definition, inputs, source)
    {
      state.withLock {
        $0.fresh.insert(node)
        $0.failed[node] = nil
      }
      return
    }
    if let failed, failed.text == text, Self.same(failed.inputs, inputs), failed.fault.isLasting {
      throw failed.fault
    }
    let new: Built
    var succession = Succession()
    do {
      let value = try maker(definition, parts)
      new = Built(
        node: node, value: value, expression: definition.expression, text: text, inputs: inputs)
      // An alias such as `b = @model` hands on nothing: the object it names does.
      if let old, definition.expression.holdsComponents { succession = try heir(old, new) }
    } catch let fault as Fault {
      state.withLock {
        $0.failed[node] = Failed(text: text, inputs: inputs, fault: fault)
      }
      throw fault
    }
    let isUnchanged = old.map { $0.text == text && $0.value.isSame(as: new.value) } ?? false
    state.withLock {
      if let old, isUnchanged {
        // The same value: nobody who read it has to know.
        $0.built[node] = Built(
          node: node, value: old.value, expression: new.expression, text: text, inputs: inputs)
      } else {
        $0.setAside(old, because: succession)
        $0.built[node] = new
        $0.rebuilt.append(Rebuilt(old: old, new: new, succession: succession))
      }
      $0.failed[node] = nil
      $0.fresh.insert(node)
    }
  }

  private func inputs(
    of node: Node, in source: Source
  ) throws -> (inputs: [Input], parts: [Span: Value]) {
    var inputs: [Input] = []
    var parts: [Span: Value] = [:]
    for dependency in try source.bindings.dependencies(of: node) {
      guard let value = input(dependency, in: source) else { continue }
      inputs.append(Input(node: dependency.node, text: dependency.text, value: value))
      if dependency.kind == .object { parts[dependency.span] = value }
    }
    return (inputs, parts)
  }

  /// The value a dependency has now. A declaration that is read counts by its text.
  private func input(_ dependency: Dependency, in source: Source) -> Value? {
    switch dependency.kind {
    case .object:
      return source.bindings.held(dependency.node)?.value ?? built(dependency.node)?.value
    case .definition:
      let path = Path(
        (dependency.node.section == .top ? [] : [.name(dependency.node.section.rawValue)])
          + dependency.node.path.steps)
      do throws(Fault) {
        return .string(printer.text(try source.bindings.expression(at: path)))
      } catch { return nil }  // whoever evaluates the definition says why
    }
  }

  /// `e = @trainer.state.epoch` reads a live object, which changes without being rebuilt.
  private func followsObjects(
    _ definition: Definition, _ inputs: [Input], _ source: Source
  ) -> Bool {
    guard !definition.expression.holdsComponents else { return false }
    return inputs.contains { input in
      source.bindings.held(input.node) == nil
        && (built(input.node)?.expression.holdsComponents ?? false)
    }
  }

  private static func same(_ old: [Input], _ new: [Input]) -> Bool {
    old.count == new.count
      && zip(old, new).allSatisfy { before, now in
        before.node == now.node && before.value.isSame(as: now.value)
      }
  }

  // MARK: Steps back

  /// From now on replaced objects belong to this step.
  func beginStep(_ number: Int, forgettingBefore oldest: Int = 0) {
    state.withLock { state in
      state.step = number
      for old in state.aside.keys where old < oldest { state.aside[old] = nil }
    }
  }

  /// Takes back the objects that a step replaced; `previous` is the step before. Returns them.
  func goBack(over number: Int, to previous: Int) -> [Built] {
    state.withLock { state in
      let back = state.aside.removeValue(forKey: number) ?? [:]
      if state.loadStep == number { (state.built, state.loadStep) = ([:], nil) }
      for (node, built) in back { state.built[node] = built }
      (state.failed, state.fresh, state.rebuilt) = ([:], [], [])
      state.step = previous
      return Array(back.values)
    }
  }

  /// Puts everything aside, because another config takes the session over. What an earlier one had put
  /// aside is let go: its data would fill the memory.
  func putAllAside() {
    state.withLock { state in
      (state.aside, state.loadStep) = ([state.step: state.built], state.step)
      (state.built, state.failed, state.fresh, state.rebuilt) = ([:], [:], [], [])
    }
  }

  // MARK: Looking

  /// How a node stands, found out without building a component.
  enum Condition: Sendable {
    case unbuilt, built, stale
    case failed(Fault)
  }

  func condition(of node: Node, in source: Source) -> Condition {
    if source.bindings.held(node) != nil { return .built }
    var known: [Node: Bool] = [:]
    if let failed = state.withLock({ $0.failed[node] }), isLast(failed, node, source, &known) {
      return .failed(failed.fault)
    }
    if built(node) == nil { return .unbuilt }
    return holds(node, source, &known) ? .built : .stale
  }

  private func isLast(
    _ failed: Failed, _ node: Node, _ source: Source, _ known: inout [Node: Bool]
  ) -> Bool {
    do {
      let (inputs, _) = try inputs(of: node, in: source)
      return try printer.text(source.bindings.definition(of: node).expression) == failed.text
        && Self.same(failed.inputs, inputs)
        && inputs.allSatisfy { $0.node == node || holds($0.node, source, &known) }
    } catch { return false }  // the definition itself is at fault now, and says so when it is read
  }

  private func holds(_ node: Node, _ source: Source, _ known: inout [Node: Bool]) -> Bool {
    if source.bindings.held(node) != nil { return true }
    if let found = known[node] { return found }
    known[node] = false  // a circle does not hold
    do {
      let definition = try source.bindings.definition(of: node)
      let order = try source.bindings.buildOrder(for: [node])
      let isPlain = !order.contains { hasComponents($0, source) }
      if isPlain { _ = try value(of: node, in: source) }
      guard let built = built(node), built.text == printer.text(definition.expression) else {
        return false
      }
      if !isPlain {
        for read in try source.bindings.dependencies(of: node) where read.kind == .object {
          if !holds(read.node, source, &known) { return false }
        }
      }
      let (inputs, _) = try inputs(of: node, in: source)
      known[node] = Self.same(built.inputs, inputs)
    } catch { return false }  // what cannot be evaluated holds nothing; reading it says why
    return known[node] ?? false
  }

  private func hasComponents(_ node: Node, _ source: Source) -> Bool {
    source.bindings[node.section, node.name]?.expression.holdsComponents ?? false
  }
}

extension Workbench.State {
  /// Keeps an object whose line ends here, or that belongs to such a one, for `undo`.
  fileprivate mutating func setAside(
    _ old: Workbench.Built?, because succession: Workbench.Succession
  ) {
    guard let old else { return }
    let cause = aside.keys.filter { step in
      old.inputs.contains { aside[step]?[$0.node]?.value.isSame(as: $0.value) ?? false }
    }.max()
    guard let owner = cause ?? (succession.isNewLine ? step : nil),
      aside[owner]?[old.node] == nil
    else { return }
    aside[owner, default: [:]][old.node] = old
  }
}

extension Fault {
  /// Whether trying again with the same inputs fails again. Files may be mended meanwhile.
  fileprivate var isLasting: Bool {
    switch kind {
    case .file, .format, .data, .interrupted: false
    default: true
    }
  }
}

extension Value {
  /// Equal, with NaN equal to itself and True apart from 1: the same input for a build.
  func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (.dict(let a), .dict(let b)):
      a.keys == b.keys && zip(a, b).allSatisfy { $0.value.isSame(as: $1.value) }
    case (.function(let a), .function(let b)):
      if let a = a as? Closure, let b = b as? Closure, a === b {
        true
      } else {
        a.definition != nil && a.definition == b.definition
      }
    default: kindName == other.kindName && self == other
    }
  }
}
