import Components
import Engine
import Script

/// The functions of the language that make tensors of numbers and of other tensors; also by their
/// names in torch. Random ones are in `RandomFunctions`.
enum TensorFunctions {
  static let all: [Builtin] = [
    argmax, arange, cat, full, oneHot, ones, sigmoid, softmax, stack, tensor, chosen, zeros,
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// A function by its name; nil for any other.
  static func named(_ name: String) -> Builtin? { byName[name] }

  private static let tensor = Builtin(
    "tensor", "A tensor of numbers in lists; requires_grad=True gathers a gradient in .grad.",
    BuiltinParameter<Value>("data"), dtype, BuiltinParameter("requires_grad", default: false)
  ) { context, data, dtype, wantsGradient in
    let made = try Tensor(nested: data, dtype: dtype)
    try context.budget.allow(size: made.count)
    guard wantsGradient else { return .tensor(made) }
    guard made.dtype.isFloatingPoint else {
      throw Fault(
        .wrongType, "only floating-point tensors have a gradient", got: made.dtype.rawValue,
        wanted: "float32", remedy: "dtype=\"float32\"", argument: ["requires_grad"])
    }
    return .object(TensorObject(Parameter(name: "tensor", value: made)))
  }

  private static let zeros = shaped("zeros", "A tensor of zeros.", 0)
  private static let ones = shaped("ones", "A tensor of ones.", 1)

  private static func shaped(_ name: String, _ help: String, _ number: Double) -> Builtin {
    Builtin(
      name, help, signature: "\(name)(size, …, dtype=\"float32\")", names: ["dtype"]
    ) { arguments, context in
      let size = try TensorSize(arguments, of: name, context)
      let dtype = try arguments.named["dtype"].map { try DType(named: $0) }
      return .tensor(try Tensor.filled(size.shape, with: .double(number), dtype: dtype))
    }
  }

  private static let full = Builtin(
    "full", "A tensor with one number in every place.", BuiltinParameter<OneOrMany<Int>>("size"),
    BuiltinParameter<Value>("fill_value"), dtype
  ) { context, size, value, dtype in
    try TensorSize.allow(size.values, context)
    return .tensor(try Tensor.filled(size.values, with: value, dtype: dtype))
  }

  private static let arange = Builtin(
    "arange", "Numbers from start, in steps, to below stop.",
    signature: "arange(stop) or arange(start, stop, step=1)", names: ["step", "dtype"]
  ) { arguments, context in
    let given = arguments.positional
    guard 1...3 ~= given.count else {
      throw Fault(.invalid, "arange takes one to three numbers", got: "\(given.count)")
    }
    let (start, stop): (Value, Value) =
      given.count == 1 ? (.int(0), given[0]) : (given[0], given[1])
    let step = given.count == 3 ? given[2] : arguments.named["step"] ?? .int(1)
    let dtype = try arguments.named["dtype"].map { try DType(named: $0) }
    let made = try Tensor.range(from: start, to: stop, by: step, dtype: dtype)
    try context.budget.allow(size: made.count)
    return .tensor(made)
  }

  private static let stack = Builtin(
    "stack", "Tensors of one shape beside each other along a new axis.",
    BuiltinParameter<[TensorArgument]>("tensors"), BuiltinParameter("dim", default: 0)
  ) { _, tensors, axis in
    .tensor(try Tensor.stacked(tensors.map(\.tensor), along: axis))
  }

  private static let cat = Builtin(
    "cat", "Tensors one after another along an axis they have.",
    BuiltinParameter<[TensorArgument]>("tensors"), BuiltinParameter("dim", default: 0)
  ) { _, tensors, axis in
    .tensor(try Tensor.concatenated(tensors.map(\.tensor), along: axis))
  }

  private static let argmax = Builtin(
    "argmax", "The place of the largest element, or of each along an axis.", x,
    BuiltinParameter<Int?>("dim", default: nil), BuiltinParameter("keepdim", default: false)
  ) { _, x, axis, keepsAxes in
    .tensor(try x.tensor.argmax(along: axis, keepingAxes: keepsAxes))
  }

  private static let chosen = Builtin(
    "where", "Elements of x where the condition holds, of y elsewhere.",
    BuiltinParameter<TensorArgument>("condition"), BuiltinParameter<TensorOrNumber>("x"),
    BuiltinParameter<TensorOrNumber>("y")
  ) { _, condition, x, y in
    .tensor(try Tensor.chosen(where: condition.tensor, x.operand, y.operand))
  }

  private static let softmax = Builtin(
    "softmax", "Exponentials divided by their sum along an axis.", x, BuiltinParameter<Int>("dim")
  ) { _, x, axis in .tensor(try x.tensor.softmax(along: axis)) }

  private static let sigmoid = Builtin("sigmoid", "1 / (1 + exp(-x)) of every element.", x) {
    _, x in .tensor(x.tensor.applying(.sigmoid))
  }

  private static let oneHot = Builtin(
    "one_hot", "Class numbers along an axis of size 1 as planes of 0 and 1.",
    BuiltinParameter<TensorArgument>("labels"), BuiltinParameter<Int>("num_classes"),
    BuiltinParameter("dim", default: 1)
  ) { context, labels, classes, axis in
    try TensorSize.allow([labels.tensor.count, classes], context)
    return .tensor(try labels.tensor.oneHot(classes: classes, along: axis))
  }

  private static let x = BuiltinParameter<TensorArgument>("x")
  private static let dtype = BuiltinParameter<DType?>("dtype", default: nil)
}
