import Components

/// The nodes of some bindings, each looked at once: what it means and what it reads.
public struct Graph: Sendable {
  /// A node with what was found there.
  public struct Entry: Sendable {
    public let node: Node
    /// What is inside is as written; see `Bindings.written`.
    let written: Result<Definition, Fault>
    /// What it reads, as far as it can be followed.
    public let dependencies: [Dependency]
    /// What keeps the rest from being followed.
    let faults: [Fault]

    /// Whether a component stands there, as far as that can be told.
    public var isComponent: Bool {
      if case .success(let definition) = written {
        definition.expression.component != nil
      } else {
        false
      }
    }
  }

  let bindings: Bindings
  public private(set) var entries: [Entry] = []
  /// Names read but set nowhere, with the first place that reads each. Disabled components read
  /// nothing.
  public private(set) var unsetVariables: [(name: String, span: Span)] = []
  private var unset: Set<String> = []
  private var places: [Node: Int] = [:]

  /// Every binding, or the one asked for, and every component inside one that is built here; what has a
  /// mistake in it counts as far as it can be read.
  init(_ bindings: Bindings, of binding: Node? = nil) {
    self.bindings = bindings
    let all =
      binding.map { [$0] }
      ?? Section.allCases.flatMap { bindings.bindings(in: $0).map(\.node) }
    for node in all where bindings[node.section, node.name] != nil {
      enter(node, Result { () throws(Fault) in try bindings.written(node) })
    }
  }

  public var nodes: [Node] { entries.map(\.node) }

  /// - Throws: what `Bindings.definition` does.
  public func definition(of node: Node) throws(Fault) -> Definition {
    guard let place = places[node] else { return try bindings.definition(of: node) }
    return try bindings.prepared(entries[place].written.get())
  }

  private mutating func enter(_ node: Node, _ written: Result<Definition, Fault>) {
    let look = NodeReads(of: node, written, in: bindings)
    for case .variable(let name, let span) in look.flags + look.reads
    where bindings.lookup(name, from: node.section) == nil && unset.insert(name).inserted {
      unsetVariables.append((name, span))
    }
    let (found, faults) = bindings.follow(look)
    places[node] = entries.count
    entries.append(Entry(node: node, written: written, dependencies: found, faults: faults))
    // What a kept value was made of is no part of the config. A node with a mistake is listed without
    // its parts; asking for its definition says why.
    guard bindings.held(node) == nil, case .success(let definition) = written else { return }
    for case .component(let steps, let component, _) in look.reads {
      // An entry whose `disabled` cannot be read is kept; asking for its definition says why.
      if case .index? = steps.last, (try? bindings.isBuilt(component, in: node.section)) == false {
        continue
      }
      enter(
        node.child(steps),
        Result { () throws(Fault) in try bindings.written(steps, in: definition) })
    }
  }
}

/// What the text of a node reads.
struct NodeReads {
  let node: Node
  let written: Result<Definition, Fault>
  /// What decides whether it counts, as far as it is not its holder that reads this.
  let flags: [Read]
  /// What it is made of.
  let reads: [Read]

  init(of node: Node, _ written: Result<Definition, Fault>, in bindings: Bindings) {
    (self.node, self.written) = (node, written)
    flags = bindings.flagReads(of: node)
    reads =
      if case .success(let definition) = written { definition.expression.allReads } else { [] }
  }
}
