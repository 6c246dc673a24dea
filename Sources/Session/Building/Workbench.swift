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
  /// Hands what the old value learned to the new one; returns what to say about it.
  typealias Heir = @Sendable (_ node: Node, _ old: Value, _ new: Value) throws -> String?

  private struct Built: Sendable {
    var value: Value
    var text: String
    var reads: [(node: Node, value: Value)]
  }

  /// What the last refresh did, for the one line that says so.
  struct Rebuilt: Sendable {
    var node: Node
    /// Nil when there was nothing before.
    var inheritance: String?
    var isFirst: Bool
  }

  private struct State: Sendable {
    var built: [Node: Built] = [:]
    /// Values of actions: never computed again.
    var held: [Node: Value] = [:]
    /// What the refresh at work has gone through.
    var fresh: Set<Node> = []
    var rebuilt: [Rebuilt] = []
  }

  private let state = Mutex(State())
  private let maker: Maker
  private let heir: Heir
  private let printer: Printer

  init(printer: Printer, maker: @escaping Maker, heir: @escaping Heir) {
    (self.printer, self.maker, self.heir) = (printer, maker, heir)
  }

  /// The value of a node, built now if it has to be, after everything it reads.
  func value(of node: Node, in bindings: Bindings) throws -> Value {
    if let value = state.withLock({
      $0.held[node] ?? ($0.fresh.contains(node) ? $0.built[node]?.value : nil)
    }) {
      return value
    }
    for needed in try bindings.buildOrder(for: [node]) { try refresh(needed, in: bindings) }
    guard let value = current(node) else {
      throw Fault(.state, "\(node) has no value", path: node.configPath)
    }
    return value
  }

  /// The value a node has now, whether or not it still holds.
  func current(_ node: Node) -> Value? {
    state.withLock { $0.held[node] ?? $0.built[node]?.value }
  }

  /// Keeps the value of an action, in place of computing it.
  func hold(_ value: Value, for node: Node) { state.withLock { $0.held[node] = value } }

  /// Forgets a held value, because the name was bound anew.
  func release(_ node: Node) { state.withLock { _ = $0.held.removeValue(forKey: node) } }

  /// Forgets an object, so that the next use makes a new one that inherits nothing.
  func discard(_ nodes: some Sequence<Node>) {
    state.withLock { for node in nodes { $0.built[node] = nil } }
  }

  func removeAll() { state.withLock { $0 = State() } }

  /// Starts a new statement: what was looked at before is looked at again. Returns what was rebuilt
  /// since the last one.
  @discardableResult
  func beginTurn() -> [Rebuilt] {
    state.withLock {
      let rebuilt = $0.rebuilt
      ($0.fresh, $0.rebuilt) = ([], [])
      return rebuilt
    }
  }

  private func refresh(_ node: Node, in bindings: Bindings) throws {
    if state.withLock({ $0.fresh.contains(node) || $0.held[node] != nil }) { return }
    let definition = try bindings.definition(of: node)
    let text = printer.text(definition.expression)
    var reads: [(node: Node, value: Value)] = []
    var parts: [Span: Value] = [:]
    for dependency in try bindings.dependencies(of: node) where dependency.kind == .object {
      guard let value = current(dependency.node) else { continue }
      reads.append((dependency.node, value))
      parts[dependency.span] = value
    }
    let old = state.withLock { $0.built[node] }
    if let old, old.text == text, Self.same(old.reads, reads) {
      state.withLock { _ = $0.fresh.insert(node) }
      return
    }
    let value = try maker(definition, parts)
    let inheritance = try old.flatMap { try heir(node, $0.value, value) }
    state.withLock {
      $0.built[node] = Built(value: value, text: text, reads: reads)
      $0.fresh.insert(node)
      if case .object = value {
        $0.rebuilt.append(Rebuilt(node: node, inheritance: inheritance, isFirst: old == nil))
      }
    }
  }

  private static func same(
    _ old: [(node: Node, value: Value)], _ new: [(node: Node, value: Value)]
  ) -> Bool {
    old.count == new.count
      && zip(old, new).allSatisfy { before, now in
        before.node == now.node && before.value.isSame(as: now.value)
      }
  }
}

extension Value {
  /// Equal, with NaN equal to itself and True apart from 1: the same input for a build.
  fileprivate func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
    case (.dict(let a), .dict(let b)):
      a.keys == b.keys && zip(a, b).allSatisfy { $0.value.isSame(as: $1.value) }
    default: kindName == other.kindName && self == other
    }
  }
}
