import Components

/// One edge of the graph: what a node reads, and where it says so.
public struct Dependency: Sendable {
  public enum Kind: Sendable {
    /// The built object or the value is needed first.
    case object
    /// Only the definition is read, as by `ref`.
    case definition
  }

  public var node: Node
  public var kind: Kind
  public var span: Span
  /// How it is written: `@model`, `<learning_rate>`, `ref("LoadImaged")`.
  public var text: String
}

/// The graph of variables and components.
extension Bindings {
  /// What a node reads, in the order written. Nothing inside a disabled component is looked at.
  public func dependencies(of node: Node) throws(Fault) -> [Dependency] {
    let written = Result { () throws(Fault) in try self.written(node) }
    let (found, faults) = follow(NodeReads(of: node, written, in: self))
    if let fault = faults.first { throw fault }
    return found
  }

  /// What a node reads as far as it can be followed, and what keeps the rest from it.
  func follow(_ look: NodeReads) -> (found: [Dependency], faults: [Fault]) {
    if held(look.node) != nil { return ([], []) }
    var found: [Dependency] = []
    var faults: [Fault] = []
    func follow(_ read: Read) {
      do throws(Fault) { try add(read, of: look.node, to: &found) } catch { faults.append(error) }
    }
    look.flags.forEach(follow)
    switch look.written {
    case .success(let definition):
      if let copied = definition.copied {
        let span = definition.expression.span
        found.append(
          Dependency(node: copied, kind: .definition, span: span, text: "ref(\(copied))"))
      }
      look.reads.forEach(follow)
    case .failure(let fault): faults.append(fault)
    }
    return (found, faults)
  }

  /// What an expression reads, as seen from a section and as far as it can be followed.
  public func dependencies(of expression: Expression, from section: Section) -> [Dependency] {
    var found: [Dependency] = []
    for read in expression.allReads {
      if case .component = read { continue }
      // What cannot be followed is told by whoever evaluates it.
      do throws(Fault) { try add(read, of: Node(section, Path([])), to: &found) } catch {}
    }
    return found
  }

  /// What decides whether the binding, its alternatives or its list entries count.
  func flagReads(of node: Node) -> [Read] {
    guard node.isBinding, let expression = self[node.section, node.name]?.expression else {
      return []
    }
    guard case .list(let items) = expression.form else { return expression.flagReads }
    return items.flatMap(\.flagReads)
  }

  private func add(_ read: Read, of node: Node, to found: inout [Dependency]) throws(Fault) {
    switch read {
    case .variable(let name, let span):
      let binding = try variable(name, at: span, from: node.section)
      found.append(Dependency(node: binding.node, kind: .object, span: span, text: "<\(name)>"))
    case .name(let name, let span):
      guard let binding = lookup(name, from: node.section) else { return }
      found.append(Dependency(node: binding.node, kind: .object, span: span, text: name))
    case .reference(let path, let span):
      guard case .object(let target, _) = try resolve(path, from: node.section, at: span) else {
        return
      }
      found.append(Dependency(node: target, kind: .object, span: span, text: "@\(path)"))
    case .declaration(let path, let span):
      guard let target = declared(path) else { return }
      found.append(Dependency(node: target, kind: .definition, span: span, text: "\(path)"))
    case .component(let steps, let component, let span):
      if case .index? = steps.last, try !isBuilt(component, in: node.section) { return }
      found.append(
        Dependency(node: node.child(steps), kind: .object, span: span, text: component.targetText))
    }
  }

  /// The innermost node on the way that a typed path names.
  private func declared(_ path: Path) -> Node? {
    var steps = path.steps[...]
    guard case .name(let first)? = steps.popFirst(), let section = Section(rawValue: first),
      case .name(let name)? = steps.popFirst(), let binding = self[section, name]
    else { return nil }
    var node = binding.node
    var inner = node
    var expression = binding.expression
    for step in steps {
      var step = step
      if case .list(let items) = expression.form {
        // A step that names no entry ends the way; evaluating the path reports it.
        guard let index = try? entryIndex(step, in: items, of: inner, at: nil) else { break }
        step = .index(index)
      }
      guard let part = part(of: expression, step) else { break }
      inner = inner.child(step)
      if part.component != nil { node = inner }
      expression = part
    }
    return node
  }

  /// Everything the given nodes need, each after what it needs itself; the given ones come last.
  ///
  /// - Throws: a `cycle` that shows every step with its place; whatever keeps a node from having
  ///   a definition.
  public func buildOrder(for nodes: [Node]) throws(Fault) -> [Node] {
    var visit = Visit(bindings: self)
    for node in nodes { try visit.enter(node) }
    return visit.order
  }

  /// All nodes, each looked at.
  public var graph: Graph { Graph(self) }

  /// The nodes of one binding, for questions that need no others.
  public func graph(of binding: Node) -> Graph { Graph(self, of: binding) }

  /// Every binding and every component inside one that is built here.
  public var nodes: [Node] { graph.nodes }

  /// What becomes stale when `changed` is bound anew, in the order to rebuild it; without `changed`
  /// itself. Ask after binding, or before unbinding.
  public func dependents(of changed: Node) -> [Node] {
    var readers: [Node: [Node]] = [:]
    let graph = graph
    for entry in graph.entries {
      for dependency in entry.dependencies {
        readers[dependency.node, default: []].append(entry.node)
      }
    }
    let all = graph.nodes
    let start = all.filter { changed.contains($0) }
    let holder = all.filter { $0.contains(changed) }.max {
      $0.path.steps.count < $1.path.steps.count
    }
    var stale = Set(start + [holder].compactMap { $0 })
    var pending = Array(stale)
    while let node = pending.popLast() {
      for reader in readers[node] ?? [] where stale.insert(reader).inserted {
        pending.append(reader)
      }
    }
    stale.subtract(start)
    // With a mistake somewhere nothing can be rebuilt yet; the order is then the written one.
    let order = (try? buildOrder(for: all.filter { stale.contains($0) })) ?? all
    return order.filter { stale.contains($0) && $0 != changed }
  }

  /// Who reads a binding directly, and where: what stands in the way of deleting it.
  public func readers(of node: Node) -> [(reader: Node, dependency: Dependency)] {
    var found: [(reader: Node, dependency: Dependency)] = []
    for entry in graph.entries where !node.contains(entry.node) {
      for dependency in entry.dependencies
      where node.contains(dependency.node) && !entry.node.contains(dependency.node) {
        found.append((entry.node, dependency))
      }
    }
    return found
  }
}

/// One walk in depth, remembering the way for the message of a cycle.
private struct Visit {
  let bindings: Bindings
  var order: [Node] = []
  private var done: Set<Node> = []
  private var way: [(node: Node, dependency: Dependency?)] = []

  init(bindings: Bindings) { self.bindings = bindings }

  mutating func enter(_ node: Node, through dependency: Dependency? = nil) throws(Fault) {
    if done.contains(node) { return }
    if let start = way.firstIndex(where: { $0.node == node }) {
      throw bindings.circle(Array(way[start...]) + [(node, dependency)])
    }
    way.append((node, dependency))
    for dependency in try bindings.dependencies(of: node) where dependency.kind == .object {
      try enter(dependency.node, through: dependency)
    }
    way.removeLast()
    done.insert(node)
    order.append(node)
  }
}
