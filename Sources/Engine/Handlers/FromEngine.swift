import Components

/// MONAI's `monai.handlers.from_engine(keys, first=False)`: a function that takes those keys out of
/// an engine's batch or output.
///
/// Of a list of samples it makes a list for each key; with `first`, the value of the first sample.
/// Several keys give a tuple.
public enum FromEngine {
  public static let function = NativeFunction("from_engine") { arguments, _ in
    var positional = arguments.positional
    let keys = arguments.named["keys"] ?? positional.removeFirstIfAny()
    let first = arguments.named["first"] ?? positional.removeFirstIfAny()
    if let unknown = arguments.named.keys.first(where: { $0 != "keys" && $0 != "first" }) {
      throw Fault(
        .unknownArgument, "from_engine has no argument \(unknown.quoted)",
        suggestion: Spelling.nearest(to: unknown, among: ["keys", "first"]))
    }
    guard let keys else { throw Fault(.missingArgument, "from_engine needs keys") }
    return .function(
      extractor(
        of: try OneOrMany<String>(argument: keys).values,
        first: try first.map { try Bool(argument: $0) } ?? false))
  }

  static func extractor(of keys: [String], first: Bool) -> NativeFunction {
    NativeFunction("from_engine") { arguments, _ in
      guard let data = arguments.positional.first else {
        throw Fault(.missingArgument, "from_engine's function needs the engine's data")
      }
      guard let items = data.elements else {
        return .tuple(try keys.map { try entry($0, of: data) })
      }
      guard let head = items.first else { return .none }
      let columns = try keys.map { key -> Value in
        first ? try entry(key, of: head) : .list(try items.map { try entry(key, of: $0) })
      }
      return columns.count > 1 ? .tuple(columns) : columns[0]
    }
  }

  private static func entry(_ key: String, of item: Value) throws -> Value {
    switch item {
    case .dict(let entries):
      guard let value = entries[key] else {
        throw Fault.unknown("entry", key, among: entries.keys)
      }
      return value
    case .object(let object as any HasIndex): return try object.element(at: .string(key))
    default: throw Fault.wrongType(wanted: "a sample or a list of samples", got: item)
    }
  }
}

extension Array {
  fileprivate mutating func removeFirstIfAny() -> Element? { isEmpty ? nil : removeFirst() }
}
