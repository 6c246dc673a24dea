import Components

/// The arguments of one method call, matched to the method's parameters.
struct MethodArguments: Sendable {
  private let method: String
  private let values: ValueDictionary
  /// Everything positional, for methods that take any number of them.
  let positional: [Value]

  /// - Parameter takesAny: more positional arguments than `parameters` are allowed.
  init(
    _ method: String, _ parameters: [String], takesAny: Bool = false, _ arguments: Arguments
  ) throws(Fault) {
    if !takesAny && arguments.positional.count > parameters.count {
      throw Fault(
        .usage, "\(method) takes \(parameters.count) arguments at most",
        got: "\(arguments.positional.count)",
        wanted: "\(method)(\(parameters.joined(separator: ", ")))")
    }
    var values = ValueDictionary(zip(parameters, arguments.positional).map { ($0, $1) })
    for (name, value) in arguments.named {
      guard parameters.contains(name) else {
        throw Fault(
          .unknownArgument, "\(method) has no argument \(name.quoted)",
          suggestion: Spelling.nearest(to: name, among: parameters), argument: [name])
      }
      if values[name] != nil {
        throw Fault(.usage, "\(method) got \(name) twice", argument: [name])
      }
      values[name] = value
    }
    (self.method, self.values, positional) = (method, values, arguments.positional)
  }

  /// Nil when it is absent or None.
  func optional<V: ArgumentType>(_ name: String, _ type: V.Type = V.self) throws(Fault) -> V? {
    guard let value = values[name] else { return nil }
    if case .none = value { return nil }
    do throws(Fault) { return try V(argument: value) } catch { throw error.inArgument(name) }
  }

  func required<V: ArgumentType>(_ name: String, _ type: V.Type = V.self) throws(Fault) -> V {
    guard let value: V = try optional(name) else {
      throw Fault(.missingArgument, "\(method) needs \(name)", wanted: V.form.text)
    }
    return value
  }

  /// `f(1, 2)` and `f((1, 2))` alike.
  func integers() throws(Fault) -> [Int] {
    if positional.count == 1, positional[0].elements != nil {
      return try [Int](argument: positional[0])
    }
    return try [Int](argument: .list(positional))
  }

  /// One axis or several; nil for all of them.
  func axes(_ name: String) throws(Fault) -> [Int]? {
    try optional(name, OneOrMany<Int>.self)?.values
  }
}

extension MethodArguments {
  /// A tensor, with its history.
  func tensor(_ name: String) throws(Fault) -> Tensor {
    let value: Value = try required(name)
    guard case .object(let object as TensorObject) = value else {
      throw Fault.wrongType(wanted: "tensor", got: value).inArgument(name)
    }
    return object.tensor
  }
}
