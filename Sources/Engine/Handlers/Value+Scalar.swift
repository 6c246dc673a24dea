import Components

extension Value {
  /// The number in an engine's output: a number, or a tensor of one element without axes.
  var scalar: Double? {
    switch self {
    case .bool(let flag): flag ? 1 : 0
    case .int(let number): Double(number)
    case .double(let number): number
    case .object(let object as TensorObject) where object.tensor.rank == 0:
      object.tensor.scalarValue()
    default: nil
    }
  }
}

/// What an output transform gave, sorted into numbers to log and names that are none.
struct LoggedOutput {
  private(set) var numbers: [(name: String, value: Double)] = []
  /// What was not a number.
  private(set) var ignored: [String] = []

  /// - Parameter tag: the name of a number that comes without one.
  init(_ value: Value, tag: String) {
    switch value {
    case .none: return
    case .dict(let entries):
      for (name, item) in entries.sorted(by: { $0.key < $1.key }) { add(item, as: name) }
    case .object(let object as SampleObject):
      for name in object.sample.keys.sorted() { add(object.sample[name]?.value ?? .none, as: name) }
    default: add(value, as: tag)
    }
  }

  private mutating func add(_ value: Value, as name: String) {
    if let number = value.scalar {
      numbers.append((name, number))
    } else {
      ignored.append(name)
    }
  }
}

/// The function an engine's output goes through before it is logged; MONAI's default is
/// `lambda x: x[0]`.
struct OutputTransform {
  var function: FunctionArgument?

  func callAsFunction(_ workflow: Workflow) throws -> Value {
    guard let function else { return workflow.state.output.value.elements?.first ?? .none }
    if case .none = workflow.state.output { return .none }
    return try function.function.call(
      Arguments([workflow.state.output.value]), workflow.callContext)
  }
}

extension FunctionArgument? {
  /// `global_epoch_transform` of an engine's epoch; the epoch itself without one.
  func epoch(_ workflow: Workflow) throws -> Int {
    guard let self else { return workflow.state.epoch }
    let result = try self.function.call(
      Arguments([.int(workflow.state.epoch)]), workflow.callContext)
    return try Int(argument: result)
  }
}
