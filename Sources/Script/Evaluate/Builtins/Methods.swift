import Components

/// The methods of plain values. Their first parameter is the value itself.
enum Methods {
  static func of(_ value: Value) -> [Builtin] {
    switch value {
    case .string: StringMethods.all
    case .dict: CollectionMethods.dict
    case .list, .tuple: CollectionMethods.list
    default: []
    }
  }

  static func named(_ name: String, of value: Value) -> Builtin? {
    of(value).first { $0.name == name }
  }

  enum Update { case element, elements }

  /// What `+=` would add for a Python method that changes its list.
  static func update(for method: String) -> Update? {
    switch method {
    case "append": .element
    case "extend": .elements
    default: nil
    }
  }

  /// How to write what a changing method of Python does; nil when `method` is none.
  static func remedy(forChanging value: Value, with method: String) -> String? {
    switch (value, method) {
    case (.list, "append"): "xs += [x]"
    case (.list, "extend"): "xs += [x, y]"
    case (.list, "insert"): "xs = xs[:i] + [x] + xs[i:]"
    case (.list, "pop"), (.list, "remove"): "xs = [x for x in xs if …]"
    case (.list, "sort"): "xs = sorted(xs)"
    case (.list, "reverse"): "xs = xs[::-1]"
    case (.list, "clear"): "xs = []"
    case (.dict, "update"), (.dict, "setdefault"): "d[\"key\"] = value"
    case (.dict, "pop"), (.dict, "popitem"):
      "d = dict([(k, v) for k, v in d.items() if k != \"key\"])"
    case (.dict, "clear"): "d = {}"
    default: nil
    }
  }
}

/// Methods of lists, tuples and dicts that leave them as they are.
enum CollectionMethods {
  static let list: [Builtin] = [
    Builtin("count", "How many elements equal x.", items, BuiltinParameter<Value>("x")) {
      context, items, x in
      .int(try ValueIterator.all(items, context).count { Comparison.equal($0, x) })
    },
    Builtin(
      "index", "The place of the first element that equals x.", items,
      BuiltinParameter<Value>("x")
    ) { context, items, x in
      let elements = try ValueIterator.all(items, context)
      guard let place = elements.firstIndex(where: { Comparison.equal($0, x) }) else {
        throw Fault(.invalid, "this \(items.kindName) does not hold \(x.shortened)")
      }
      return .int(place)
    },
  ]

  static let dict: [Builtin] = [
    Builtin(
      "get", "The value of a key, or the default.", items, BuiltinParameter<String>("key"),
      BuiltinParameter<Value>("default", default: .none)
    ) { _, items, key, fallback in
      guard case .dict(let entries) = items else { return fallback }
      return entries[key] ?? fallback
    },
    Builtin("items", "Pairs of key and value.", items) { context, items in
      guard case .dict(let entries) = items else { return .list([]) }
      let pairs = entries.map { Value.tuple([.string($0.key), $0.value]) }
      return try Nesting.checked(.list(pairs), context.budget)
    },
    Builtin("keys", "The keys, in order.", items) { _, items in
      guard case .dict(let entries) = items else { return .list([]) }
      return .list(entries.keys.map { .string($0) })
    },
    Builtin("values", "The values, in order.", items) { _, items in
      guard case .dict(let entries) = items else { return .list([]) }
      return .list(entries.map(\.value))
    },
  ]

  private static let items = BuiltinParameter<Value>("self")
}
