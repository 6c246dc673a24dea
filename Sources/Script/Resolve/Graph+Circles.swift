import Components

/// Things that need each other to be built first.
extension Graph {
  /// Every circle among what is known to be read, each once.
  var circles: [Fault] {
    let readers = entries.filter { !$0.dependencies.isEmpty }
    let reads = Dictionary(readers.map { ($0.node, $0.dependencies) }) { first, _ in first }
    var search = CircleSearch(bindings: bindings, reads: reads)
    for reader in readers { search.enter(reader.node, through: nil) }
    return search.faults
  }
}

extension Bindings {
  /// The message of a circle; the last step is the first one again.
  func circle(_ steps: [(node: Node, dependency: Dependency?)]) -> Fault {
    let names = steps.map(\.node.description).joined(separator: " → ")
    let places = steps.dropFirst().compactMap { $0.dependency.map { sources.place($0.span) } }
    let notes = zip(steps, steps.dropFirst()).compactMap { reader, read in
      read.dependency.map { "\(reader.node) reads \($0.text) at \(sources.place($0.span).short)" }
    }
    return Fault(
      .cycle, "\(names) is a circle: each needs the next to be built first", place: places.first,
      path: steps.first?.node.configPath, notes: notes)
  }
}

/// A walk in depth that goes on after a circle.
private struct CircleSearch {
  let bindings: Bindings
  let reads: [Node: [Dependency]]
  private(set) var faults: [Fault] = []
  private var done: Set<Node> = []
  private var way: [(node: Node, dependency: Dependency?)] = []

  init(bindings: Bindings, reads: [Node: [Dependency]]) {
    (self.bindings, self.reads) = (bindings, reads)
  }

  mutating func enter(_ node: Node, through dependency: Dependency?) {
    guard let dependencies = reads[node], !done.contains(node) else { return }
    if let start = way.firstIndex(where: { $0.node == node }) {
      faults.append(bindings.circle(Array(way[start...]) + [(node, dependency)]))
      return
    }
    way.append((node, dependency))
    for dependency in dependencies where dependency.kind == .object {
      enter(dependency.node, through: dependency)
    }
    way.removeLast()
    done.insert(node)
  }
}
