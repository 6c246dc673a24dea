import Components

/// Reads one parameter's entry of a saved `state` and notes what does not fit.
struct SavedMemory {
  private let entries: StateDictionary
  /// The shape of the parameter.
  let shape: [Int]
  /// The name of the entry in messages: `state.3`.
  private let path: String
  private var read: Set<String> = []
  private(set) var misfits: [Misfit] = []

  init(_ entries: StateDictionary, shape: [Int], path: String) {
    (self.entries, self.shape, self.path) = (entries, shape, path)
  }

  func has(_ name: String) -> Bool {
    switch entries[name] {
    case nil, .some(.none): false
    default: true
    }
  }

  /// A tensor of the parameter's shape, or of `shape`; other floating-point dtypes become float32.
  mutating func tensor(_ name: String, shape wanted: [Int]? = nil) -> Tensor? {
    read.insert(name)
    guard case .tensor(let tensor)? = entries[name] else {
      note(name, entries[name] == nil ? "missing" : "no tensor")
      return nil
    }
    guard tensor.shape == wanted ?? shape else {
      note(name, "shape \(tensor.shape), wanted \(wanted ?? shape)")
      return nil
    }
    return tensor.converted(to: .float32)
  }

  /// A count of steps: an integer, or a tensor of one element as torch writes since 1.12.
  mutating func count(_ name: String) -> Int? {
    read.insert(name)
    let number: Double? =
      switch entries[name] {
      case .int(let number): Double(number)
      case .double(let number): number
      case .tensor(let tensor) where tensor.count == 1: tensor.scalarValue()
      default: nil
      }
    guard let number, let count = Int(exactly: number), count >= 0 else {
      note(name, entries[name] == nil ? "missing" : "no count of steps")
      return nil
    }
    return count
  }

  /// Says that an entry without content is as good as none.
  mutating func skip(_ name: String) { read.insert(name) }

  /// Notes every entry that was not read.
  mutating func noteUnread() {
    for (key, _) in entries.entries {
      if case .string(let name) = key, read.contains(name) { continue }
      note(key.text, "unexpected")
    }
  }

  private mutating func note(_ name: String, _ reason: String) {
    misfits.append(Misfit(name: "\(path).\(name)", reason: reason))
  }
}

/// An entry of a saved state that was not taken over, and why.
struct Misfit {
  let name: String
  let reason: String

  /// The fault of a strict adoption.
  static func fault(_ misfits: [Misfit], kind: String) -> Fault {
    Fault(
      .state, "the saved state does not fit \(kind)",
      got: misfits.first.map { "\($0.name): \($0.reason)" }, wanted: "the state of a \(kind) alike",
      notes: misfits.prefix(12).map { "\($0.name): \($0.reason)" }
        + (misfits.count > 12 ? ["and \(misfits.count - 12) more"] : []))
  }
}

extension StateDictionary.Key {
  var text: String {
    switch self {
    case .string(let name): name
    case .int(let number): String(number)
    }
  }
}
