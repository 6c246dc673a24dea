import Components

/// One row of a `state_dict`: a parameter, or a tensor that is kept beside the parameters.
enum StateEntry: Sendable {
  case parameter(Parameter)
  case buffer(
    name: String, shape: [Int], get: @Sendable () -> Tensor, set: @Sendable (Tensor) -> Void)

  var name: String {
    switch self {
    case .parameter(let parameter): parameter.name
    case .buffer(let name, _, _, _): name
    }
  }

  var shape: [Int] {
    switch self {
    case .parameter(let parameter): parameter.shape
    case .buffer(_, let shape, _, _): shape
    }
  }

  var tensor: Tensor {
    switch self {
    case .parameter(let parameter): parameter.value
    case .buffer(_, _, let get, _): get()
    }
  }

  /// Takes a tensor of the right shape over.
  func set(_ tensor: Tensor) {
    switch self {
    case .parameter(let parameter): parameter.value = tensor.converted(to: .float32)
    case .buffer(_, _, _, let set): set(tensor)
    }
  }
}

/// State as torch's `state_dict` has it, for anything that lists its entries.
enum StateDict {
  static func state(_ entries: [StateEntry]) -> StateValue {
    .dict(StateDictionary(entries.map { ($0.name, .tensor($0.tensor)) }))
  }

  /// Takes over what fits. Names of what is missing, unexpected or of another shape come back; with
  /// `strict` they are a fault instead, and nothing is changed.
  static func adopt(
    _ state: StateValue, into entries: [StateEntry], strict: Bool, owner: String
  ) throws(Fault) -> [String] {
    guard case .dict(let dictionary) = state else {
      throw Fault(.format, "the state of \(owner) is not a dict of tensors")
    }
    var problems: [String] = [], notTaken: [String] = []
    var fitting: [(StateEntry, Tensor)] = []
    var known: Set<String> = []
    for entry in entries {
      known.insert(entry.name)
      switch dictionary[entry.name] {
      case nil:
        problems.append("missing \(entry.name)")
        notTaken.append(entry.name)
      case .tensor(let tensor)? where tensor.shape == entry.shape:
        fitting.append((entry, tensor))
      case .tensor(let tensor)?:
        problems.append("\(entry.name) is \(tensor.shape), wanted \(entry.shape)")
        notTaken.append(entry.name)
      default:
        problems.append("\(entry.name) is not a tensor")
        notTaken.append(entry.name)
      }
    }
    for (key, _) in dictionary.entries {
      let name =
        switch key {
        case .string(let text): text
        case .int(let number): String(number)
        }
      if !known.contains(name) {
        problems.append("unexpected \(name)")
        notTaken.append(name)
      }
    }
    if strict, !problems.isEmpty {
      throw Fault(
        .state, "these weights do not fit \(owner)", got: "\(problems.count) differences",
        remedy: "use a network with the arguments the weights were trained with", notes: problems)
    }
    for (entry, tensor) in fitting { entry.set(tensor) }
    return notTaken
  }
}
