import Components

/// Training state as data: what a checkpoint holds and what a rebuilt component takes over.
///
/// The same tree as a PyTorch `state_dict`: Adam's `{'state': {0: {'step': …}}}` has integer keys.
public indirect enum StateValue: Sendable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([StateValue])
  case tuple([StateValue])
  case dict(StateDictionary)
  case tensor(Tensor)
}

/// An ordered dictionary with text or integer keys.
public struct StateDictionary: Sendable {
  public enum Key: Sendable, Hashable {
    case string(String)
    case int(Int)
  }

  public private(set) var entries: [(key: Key, value: StateValue)] = []
  private var positions: [Key: Int] = [:]

  public init() {}
  public init(_ entries: [(String, StateValue)]) {
    for (key, value) in entries { self[key] = value }
  }

  public subscript(key: Key) -> StateValue? {
    get { positions[key].map { entries[$0].value } }
    set {
      if let newValue {
        if let position = positions[key] {
          entries[position].value = newValue
        } else {
          positions[key] = entries.count
          entries.append((key, newValue))
        }
      } else if let position = positions[key] {
        entries.remove(at: position)
        positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
      }
    }
  }

  public subscript(key: String) -> StateValue? {
    get { self[.string(key)] }
    set { self[.string(key)] = newValue }
  }

  public var count: Int { entries.count }
}

/// An object with training state: a network's weights, an optimizer's moments, a scheduler's count.
public protocol Stateful: Object {
  func state() throws -> StateValue
  /// Takes over what fits and returns the names of what did not. With `strict`, anything missing,
  /// unexpected or of another shape is a fault that lists all of it, and nothing is changed.
  func adopt(_ state: StateValue, strict: Bool) throws -> [String]
}
