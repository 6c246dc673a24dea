import Components

/// Takes entries out of what an engine's iteration produced (MONAI 0.8.1, `monai.handlers.from_engine`).
///
/// The function it makes gives, for a list of samples, the list of each key's entries: one list for one
/// key, a tuple of lists for several; with `first=True` the entry of the first sample instead of a list.
/// For a single dict, or an object indexed by key, it gives the tuple of its entries.
enum FromEngine {
  static let builtin = Builtin(
    "from_engine", "A function that takes these keys out of an engine's output.",
    BuiltinParameter<OneOrMany<String>>("keys"), BuiltinParameter<Bool>("first", default: false)
  ) { _, keys, first in
    let keys = keys.values
    return .function(
      NativeFunction("from_engine") { arguments, context in
        guard arguments.positional.count == 1, let data = arguments.positional.first else {
          throw Fault(.invalid, "this function takes one argument, the output of an engine")
        }
        return try entries(keys, of: data, first: first, context)
      })
  }

  private static func entries(
    _ keys: [String], of data: Value, first: Bool, _ context: CallContext
  ) throws -> Value {
    func entry(_ key: String, of sample: Value) throws -> Value {
      try Indexing.element(of: sample, at: .string(key), context.budget)
    }
    if isSample(data) { return .tuple(try keys.map { try entry($0, of: data) }) }
    let samples = try ValueIterator.all(data, context)
    guard let head = samples.first, isSample(head) else {
      throw Fault(
        .wrongType, "from_engine reads samples", got: "\(data.kindName) \(data.shortened)",
        wanted: "dict or list of dict")
    }
    let columns = try keys.map { key in
      first ? try entry(key, of: head) : .list(try samples.map { try entry(key, of: $0) })
    }
    return columns.count == 1 ? columns[0] : .tuple(columns)
  }

  private static func isSample(_ value: Value) -> Bool {
    switch value {
    case .dict: true
    case .object(is any HasIndex): true
    default: false
    }
  }
}
