import Components

/// Typed reads of a saved state; what is not as it was written is a `format` fault that names it.
extension StateValue {
  static func damaged(_ entry: String) -> Fault {
    Fault(
      .format, "the saved state has no usable entry \(entry.quoted)",
      remedy: "resume from another file, or train without --resume")
  }

  func dictionary(_ name: String = "state") throws(Fault) -> StateDictionary {
    guard case .dict(let dictionary) = self else { throw Self.damaged(name) }
    return dictionary
  }

  func list(_ name: String = "state") throws(Fault) -> [StateValue] {
    switch self {
    case .list(let items), .tuple(let items): return items
    default: throw Self.damaged(name)
    }
  }
}

extension StateDictionary {
  func required(_ name: String) throws(Fault) -> StateValue {
    guard let value = self[name] else { throw StateValue.damaged(name) }
    return value
  }

  func int(_ name: String) throws(Fault) -> Int {
    guard case .int(let number) = try required(name) else { throw StateValue.damaged(name) }
    return number
  }

  func double(_ name: String) throws(Fault) -> Double {
    switch try required(name) {
    case .double(let number): return number
    case .int(let number): return Double(number)
    default: throw StateValue.damaged(name)
    }
  }

  func string(_ name: String) throws(Fault) -> String {
    guard case .string(let text) = try required(name) else { throw StateValue.damaged(name) }
    return text
  }

  func bool(_ name: String) throws(Fault) -> Bool {
    guard case .bool(let flag) = try required(name) else { throw StateValue.damaged(name) }
    return flag
  }

  func elements<T: TensorScalar>(_ name: String, of type: T.Type) throws(Fault) -> [T] {
    guard case .tensor(let tensor) = try required(name), tensor.dtype == T.dtype else {
      throw StateValue.damaged(name)
    }
    return tensor.elements(of: type)
  }

  /// The names of text keys, in order.
  var names: [String] {
    entries.compactMap { entry in
      if case .string(let name) = entry.key { name } else { nil }
    }
  }
}

extension StateValue {
  /// A value of the language as data: configs kept in checkpoints. Objects and functions are left as
  /// the text a user would type.
  public init(_ value: Value) {
    self =
      switch value {
      case .none: .none
      case .bool(let flag): .bool(flag)
      case .int(let number): .int(number)
      case .double(let number): .double(number)
      case .string(let text): .string(text)
      case .list(let items): .list(items.map(StateValue.init))
      case .tuple(let items): .tuple(items.map(StateValue.init))
      case .dict(let entries):
        .dict(StateDictionary(entries.map { ($0.key, StateValue($0.value)) }))
      case .slice, .function, .object: .string(value.description)
      }
  }
}
