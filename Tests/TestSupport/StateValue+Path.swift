import Engine

extension StateValue {
  /// The value at a path of keys and list positions: `["state", 0, "step"]`.
  public func at(_ path: StatePathPart...) -> StateValue? {
    path.reduce(self) { value, part in
      switch (value, part) {
      case (.dict(let entries), .name(let name)): entries[name]
      case (.dict(let entries), .position(let number)): entries[.int(number)]
      case (.list(let items), .position(let position)),
        (.tuple(let items), .position(let position)):
        items.indices.contains(position) ? items[position] : nil
      default: nil
      }
    }
  }

  /// The keys of a dictionary, in order.
  public var keys: [String] {
    guard case .dict(let entries) = self else { return [] }
    return entries.entries.map { entry in
      switch entry.key {
      case .string(let name): name
      case .int(let number): String(number)
      }
    }
  }

  /// Elements of a tensor as doubles; a number as one.
  public var doubles: [Double]? {
    switch self {
    case .tensor(let tensor): tensor.doubles()
    case .double(let number): [number]
    case .int(let number): [Double(number)]
    case .list(let items), .tuple(let items): items.flatMap { $0.doubles ?? [] }
    default: nil
    }
  }
}

public enum StatePathPart: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case name(String)
  case position(Int)

  public init(stringLiteral name: String) { self = .name(name) }
  public init(integerLiteral position: Int) { self = .position(position) }
}
