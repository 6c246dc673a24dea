import Components

/// Assignments to paths: `train.optimizer.lr = 1e-3`, `train.handlers += […]`, `del …`,
/// `insert(…)`, and the same from `--set`.
extension Bindings {
  /// A binding, and the steps into its expression.
  public struct Target: Sendable, Hashable {
    public var node: Node
    public var steps: [Path.Step]

    public init(_ node: Node, _ steps: [Path.Step]) { (self.node, self.steps) = (node, steps) }
  }

  /// What the left side of an assignment means, seen from a section (`top` at the prompt). A bare
  /// name of an element belongs to its section; `args` in a path is skipped.
  public func target(of path: Path, from section: Section = .top) throws(Fault) -> Target {
    var steps = path.steps[...]
    guard case .name(let first)? = steps.popFirst() else {
      throw Fault(.syntax, "a path begins with a name", got: "\(path)")
    }
    if let explicit = Section(rawValue: first), explicit != .top {
      guard case .name(let name)? = steps.popFirst() else {
        throw Fault(
          .invalid, "\(first) as a whole cannot be assigned", remedy: "\(first).<name> = …")
      }
      return Target(Node(explicit, name), Array(steps))
    }
    if section != .top {
      let isElement = SectionElement.all.contains(first)
      return Target(
        Node(isElement || self[section, first] != nil ? section : .top, first), Array(steps))
    }
    // A flat config has only `validate`; its elements are meant by their bare names.
    let home = Section.home(of: first)
    let bound = [home, .validate, .train].first { self[$0, first] != nil }
    return Target(Node(home == .top ? .top : bound ?? home, first), Array(steps))
  }

  /// The expression at a path, as written: what `train.optimizer.lr` shows.
  public func expression(at path: Path, from section: Section = .top) throws(Fault) -> Expression {
    let target = try target(of: path, from: section)
    let binding = try existing(target.node)
    var found = binding.expression
    _ = try ExpressionEdit(bindings: self, mustExist: true) { part throws(Fault) in
      if let part { found = part }
      return part
    }.apply(to: binding.expression, at: target.steps[...], of: binding.node)
    return found
  }

  /// Binds a name or replaces a part of what it stands for. An argument, an attribute or a dict key
  /// that is not there yet is added; anything else has to exist.
  public mutating func assign(
    _ path: Path, from section: Section = .top, _ expression: Expression, _ provenance: Provenance
  ) throws(Fault) {
    let target = try target(of: path, from: section)
    guard !target.steps.isEmpty else {
      bind(target.node.name, in: target.node.section, expression, provenance)
      return
    }
    try edit(target, provenance) { _ in expression }
  }

  /// `del`: a binding, an argument, a list entry or a dict key.
  public mutating func delete(
    _ path: Path, from section: Section = .top, _ provenance: Provenance
  ) throws(Fault) {
    let target = try target(of: path, from: section)
    guard !target.steps.isEmpty else {
      _ = try existing(target.node)
      unbind(target.node.name, in: target.node.section)
      return
    }
    try edit(target, provenance, mustExist: true) { _ in nil }
  }

  /// `insert(path, index, entry)`; an index from the end or beyond it is Python's.
  public mutating func insert(
    _ entry: Expression, into path: Path, at index: Int, from section: Section = .top,
    _ provenance: Provenance
  ) throws(Fault) {
    try editList(path, section, provenance) { items in
      let position = index < 0 ? max(0, index + items.count) : min(index, items.count)
      items.insert(entry, at: position)
    }
  }

  /// `path += [entries]`
  public mutating func append(
    _ entries: [Expression], to path: Path, from section: Section = .top, _ provenance: Provenance
  ) throws(Fault) {
    try editList(path, section, provenance) { items in items += entries }
  }

  private mutating func editList(
    _ path: Path, _ section: Section, _ provenance: Provenance,
    _ change: @escaping (inout [Expression]) -> Void
  ) throws(Fault) {
    let target = try target(of: path, from: section)
    _ = try existing(target.node)
    try edit(target, provenance) { expression throws(Fault) in
      guard var expression, case .list(var items) = expression.form else {
        throw Fault(.wrongType, "\(path) is not a list", got: expression?.kindName, wanted: "list")
      }
      change(&items)
      expression.form = .list(items)
      return expression
    }
  }

  private mutating func edit(
    _ target: Target, _ provenance: Provenance, mustExist: Bool = false,
    _ change: @escaping (Expression?) throws(Fault) -> Expression?
  ) throws(Fault) {
    let binding = try existing(target.node)
    let edited = try ExpressionEdit(bindings: self, mustExist: mustExist, change: change)
      .apply(to: binding.expression, at: target.steps[...], of: binding.node)
    guard let edited else { return unbind(binding.name, in: binding.section) }
    bind(binding.name, in: binding.section, edited, provenance)
  }

  private func existing(_ node: Node) throws(Fault) -> Binding {
    guard let binding = self[node.section, node.name] else {
      throw unknownName(node.name, in: node.section)
    }
    return binding
  }
}
