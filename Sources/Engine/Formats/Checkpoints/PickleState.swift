import Components

/// Turns what a pickle described into training state, reading tensors on the way.
struct PickleState {
  let path: String
  let tensors: TensorReader
  private var visited = 0

  /// Deeper checkpoints than this are hostile; releasing them would also need as deep a stack.
  static let maxDepth = 100
  static let maxValues = 5_000_000

  init(path: String, tensors: TensorReader) { (self.path, self.tensors) = (path, tensors) }

  mutating func state(_ value: PickleValue, depth: Int = 0) throws -> StateValue {
    visited += 1
    guard depth <= Self.maxDepth else {
      throw Fault(.limit, "\(path.quoted) nests its values more than \(Self.maxDepth) deep")
    }
    guard visited <= Self.maxValues else {
      throw Fault(.limit, "\(path.quoted) describes more than \(Self.maxValues) values")
    }
    switch value {
    case .none: return .none
    case .bool(let flag): return .bool(flag)
    case .int(let number): return .int(number)
    case .double(let number): return .double(number)
    case .string(let text): return .string(text)
    case .global(.dtype(let element)): return .string("torch.\(element.rawValue)")
    case .tensor(let reference): return .tensor(try tensors.tensor(reference))
    case .node(let node): return try state(of: node, depth: depth)
    case .bytes(let bytes): return .list(bytes.map { .int(Int($0)) })
    case .long, .global, .storage:
      throw Fault(
        .unsupported, "\(path.quoted) holds a value that is no training state",
        remedy: "in Python: torch.save({'model': net.state_dict()}, 'clean.pt')")
    }
  }

  private mutating func state(of node: PickleNode, depth: Int) throws -> StateValue {
    switch node.kind {
    case .list, .set: return .list(try node.items.map { try state($0, depth: depth + 1) })
    case .tuple: return .tuple(try node.items.map { try state($0, depth: depth + 1) })
    case .numpyType: return .string(node.items.first?.string ?? "")
    case .dict:
      var entries = StateDictionary()
      for index in stride(from: 0, to: node.items.count - 1, by: 2) {
        let key: StateDictionary.Key
        switch node.items[index] {
        case .string(let text): key = .string(text)
        case .int(let number): key = .int(number)
        default:
          throw Fault(
            .unsupported, "\(path.quoted) has a dictionary whose keys are neither text nor integers"
          )
        }
        entries[key] = try state(node.items[index + 1], depth: depth + 1)
      }
      return .dict(entries)
    }
  }
}
