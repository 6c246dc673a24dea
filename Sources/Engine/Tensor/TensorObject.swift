import Components
import Synchronization

/// A tensor as the language holds it.
public final class TensorObject: Object, HasAttributes, HasIndex, HasArithmetic {
  /// Follows the parameter when it is one: every use begins a history of its own.
  public var tensor: Tensor { parameter.map(Tensor.init(following:)) ?? fixed }
  /// What gathers the gradient of `tensor(…, requires_grad=True)`.
  public let parameter: Parameter?
  private let fixed: Tensor
  private let text = Mutex<String?>(nil)

  /// Blocked activations become plain, which all operations of the language work on.
  public init(_ tensor: Tensor) {
    let form = tensor.form
    parameter = nil
    fixed = tensor.plain.recorded(form.layout == .plain ? [] : [.init(tensor)]) {
      [$0.converted(to: form.layout, form.dtype)]
    }
  }

  /// A tensor that gradients are asked for, and that an optimizer may change.
  public init(_ parameter: Parameter) {
    self.parameter = parameter
    fixed = parameter.value
  }

  public var kind: String { "tensor" }

  /// Worked out once: it reads every element for the range.
  public var summary: String {
    if let parameter {
      return TensorText(tensor: parameter.value, remark: "requires_grad").text
    }
    return text.withLock { text in
      if let text { return text }
      let made = TensorText(tensor: fixed).text
      text = made
      return made
    }
  }

  public var attributeNames: [String] {
    (Array(Self.properties.keys) + ["grad"] + TensorMethod.all.map(\.name)).sorted()
  }

  public func attribute(_ name: String) throws -> Value? {
    if name == "grad" { return parameter?.gradient.map { .tensor($0) } ?? Value.none }
    if let property = Self.properties[name] { return try property(tensor) }
    return TensorMethod.named(name).map { .function($0.bound(to: tensor)) }
  }

  private static let properties: [String: @Sendable (Tensor) throws -> Value] = [
    "shape": { .tuple($0.shape.map { .int($0) }) },
    "dtype": { .string($0.dtype.rawValue) },
    "ndim": { .int($0.rank) },
    "requires_grad": { .bool($0.node != nil) },
    "T": { try .tensor($0.permuted(axes: (0..<$0.rank).reversed())) },
  ]
}

extension TensorObject {
  public var count: Int? { tensor.shape.first }

  /// `x[1]`, `x[0, :, 3:5]`, `x[None]`, `x[mask]`, `x[[2, 0]]`.
  public func element(at index: Value) throws -> Value {
    switch index {
    case .tuple(let entries):
      return try .tensor(tensor.indexed(entries.map { try Self.index($0) }))
    case .list(let entries):
      return try .tensor(elements(listed: entries))
    case .object(let object as TensorObject) where object.tensor.rank > 0:
      if object.tensor.dtype == .bool {
        return try .tensor(tensor.elements(where: object.tensor))
      }
      guard object.tensor.rank == 1, object.tensor.dtype.category == .integer else {
        throw Fault.wrongType(wanted: "bool tensor, or 1-D tensor of integers", got: index)
      }
      return try .tensor(tensor.elements(at: object.tensor.doubles().map { Int($0) }))
    default:
      return try .tensor(tensor.indexed([Self.index(index)]))
    }
  }

  private func elements(listed entries: [Value]) throws -> Tensor {
    let flags = entries.compactMap { entry in
      if case .bool(let flag) = entry { flag } else { nil }
    }
    if !entries.isEmpty && flags.count == entries.count {
      return try tensor.elements(where: Tensor(flags, shape: [flags.count]))
    }
    return try tensor.elements(at: [Int](argument: .list(entries)))
  }

  private static func index(_ value: Value) throws -> TensorIndex {
    switch value {
    case .int(let position): return .position(position)
    case .slice(let bounds): return .slice(bounds)
    case .none: return .newAxis
    case .object(let object as TensorObject)
    where object.tensor.rank == 0 && object.tensor.dtype.category == .integer:
      return .position(Int(object.tensor.scalarValue()))
    default:
      throw Fault.wrongType(wanted: "int, slice or None as an index", got: value)
    }
  }
}

extension TensorObject {
  public func combine(
    _ operation: BinaryOperator, _ other: Value, swapped: Bool
  ) throws -> Value? {
    guard let operand = ElementwiseOperand(other) else { return nil }
    if operation == .matrixProduct {
      guard case .tensor(let matrix) = operand else { return nil }
      return try .tensor(
        swapped ? matrix.matrixProduct(tensor) : tensor.matrixProduct(matrix))
    }
    return try .tensor(tensor.combined(operation, with: operand, swapped: swapped))
  }

  public func negated() throws -> Value? {
    tensor.dtype == .bool ? nil : .tensor(tensor.applying(.neg))
  }
}

extension ElementwiseOperand {
  /// A number or a tensor of a script; nil for anything else.
  init?(_ value: Value) {
    switch value {
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .object(let object as TensorObject): self = .tensor(object.tensor)
    default: return nil
    }
  }
}

extension Value {
  /// A tensor as a value of the language.
  public static func tensor(_ tensor: Tensor) -> Value { .object(TensorObject(tensor)) }
}
