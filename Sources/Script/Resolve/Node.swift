import Components

/// What the graph connects: a binding, or a component inside one.
public struct Node: Sendable, Hashable, CustomStringConvertible {
  public var section: Section
  /// The binding's name, then arguments, list entries and dict keys down to the component.
  public var path: Path

  public init(_ section: Section, _ path: Path) { (self.section, self.path) = (section, path) }
  public init(_ section: Section, _ name: String) { self.init(section, Path([.name(name)])) }

  public var name: String {
    if case .name(let name)? = path.steps.first { name } else { "" }
  }

  /// The binding that holds it.
  public var binding: Node { Node(section, name) }
  public var isBinding: Bool { path.steps.count == 1 }

  public func child(_ step: Path.Step) -> Node { Node(section, Path(path.steps + [step])) }
  func child(_ steps: some Sequence<Path.Step>) -> Node { Node(section, Path(path.steps + steps)) }

  /// Whether `other` is this node or inside it.
  public func contains(_ other: Node) -> Bool {
    section == other.section && other.path.steps.starts(with: path.steps)
  }

  /// As it is typed: `train.pre_transforms[2]`.
  public var description: String {
    section == .top ? path.description : "\(section.rawValue).\(path)"
  }

  /// As the place is called in a config: `train.pre_transforms.#3`.
  public var configPath: String {
    let steps = path.steps.map { step in
      switch step {
      case .name(let name), .key(let name): name
      case .index(let index): "#\(index + 1)"
      }
    }
    return ((section == .top ? [] : [section.rawValue]) + steps).joined(separator: ".")
  }
}

extension Node {
  /// By the end of the path alone: it tells apart what stands in a list, and arguments of what does.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(path.steps.count)
    for step in path.steps.suffix(3) { hasher.combine(step) }
  }
}
