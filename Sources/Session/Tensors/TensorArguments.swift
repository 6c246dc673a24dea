import Components
import Engine

/// A tensor, or numbers in lists that make one.
struct TensorArgument: ArgumentType {
  let tensor: Tensor

  static var form: ArgumentForm { .any }
  init(argument value: Value) throws(Fault) {
    if case .object(let object as TensorObject) = value {
      tensor = object.tensor
    } else if value.isTensorLike {
      tensor = try Tensor(nested: value)
    } else {
      throw .wrongType(wanted: "tensor", got: value)
    }
  }
  var argumentValue: Value { .tensor(tensor) }
}

/// A tensor or a plain number, which weighs less when a dtype is chosen.
struct TensorOrNumber: ArgumentType {
  let operand: ElementwiseOperand
  private let value: Value

  static var form: ArgumentForm { .any }
  init(argument value: Value) throws(Fault) {
    self.value = value
    switch value {
    case .bool(let flag): operand = .bool(flag)
    case .int(let number): operand = .int(number)
    case .double(let number): operand = .double(number)
    case .object(let object as TensorObject): operand = .tensor(object.tensor)
    default: throw .wrongType(wanted: "tensor or number", got: value)
    }
  }
  var argumentValue: Value { value }
}

/// The sizes in `zeros(2, 3)` and `zeros([2, 3])`, alike.
struct TensorSize {
  let shape: [Int]

  init(_ arguments: Arguments, of function: String, _ context: CallContext) throws {
    var sizes = arguments.positional
    if sizes.count == 1, let inner = sizes[0].elements { sizes = inner }
    if arguments.positional.isEmpty {
      throw Fault(
        .missingArgument, "\(function) needs a size", remedy: "\(function)(2, 3)")
    }
    do throws(Fault) { shape = try [Int](argument: .list(sizes)) } catch {
      throw Fault(
        .wrongType, "\(function) takes whole numbers", got: Value.list(sizes).shortened,
        remedy: "\(function)(2, 3)")
    }
    try Self.allow(shape, context)
  }

  /// Refuses what would not fit, before any memory is asked for.
  static func allow(_ sizes: [Int], _ context: CallContext) throws(Fault) {
    var count = 1
    for size in sizes where size >= 0 {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: size)
      count = isTooLarge ? .max : product
    }
    try context.budget.allow(size: count)
  }
}

extension DType {
  /// `"float32"`, `"torch.float32"`
  init(named value: Value) throws(Fault) {
    guard case .string(let text) = value else { throw .wrongType(wanted: "dtype", got: value) }
    let name = text.hasPrefix("torch.") ? String(text.dropFirst(6)) : text
    guard let dtype = DType(rawValue: name) else {
      throw .unknown("dtype", name, among: DType.allCases.map(\.rawValue))
    }
    self = dtype
  }
}

extension Value {
  fileprivate var isTensorLike: Bool {
    switch self {
    case .bool, .int, .double, .list, .tuple: true
    default: false
    }
  }
}
