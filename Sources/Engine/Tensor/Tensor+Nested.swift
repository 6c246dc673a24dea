import Components

extension Tensor {
  /// The numbers of lists in lists, one level an axis, as torch's `tensor` reads them: floats make
  /// float32, whole numbers int64, truth values bool.
  ///
  /// - Throws: `shape` for rows of different lengths, `wrongType` for what is no number.
  public init(nested value: Value, dtype: DType? = nil) throws(Fault) {
    if case .object(let object as TensorObject) = value {
      let own = object.tensor.detached
      self = dtype.map { own.converted(to: $0) } ?? own
      return
    }
    var reader = NestedReader()
    let shape = try reader.read(value)
    let natural = reader.category
    let whole =
      natural == .floatingPoint
      ? Tensor(reader.reals, shape: shape) : Tensor(reader.integers, shape: shape)
    let plain: DType =
      switch natural {
      case .floatingPoint: .float32
      case .integer: .int64
      case .bool: .bool
      }
    self = whole.converted(to: dtype ?? plain)
  }
}

/// Flattens lists; whole numbers are kept exactly until a fraction appears.
private struct NestedReader {
  var reals: [Double] = []
  var integers: [Int64] = []
  /// The widest kind of number met; nothing at all counts as floats, as in torch.
  var category: DType.Category { widest ?? .floatingPoint }
  private var widest: DType.Category?

  mutating func read(_ value: Value) throws(Fault) -> [Int] {
    switch value {
    case .bool(let flag): append(flag ? 1 : 0, flag ? 1 : 0, .bool)
    case .int(let number): append(Double(number), Int64(number), .integer)
    case .double(let number): append(number, 0, .floatingPoint)
    case .list(let items), .tuple(let items):
      var inner: [Int]?
      for (index, item) in items.enumerated() {
        let shape = try read(item)
        if let inner, inner != shape {
          throw Fault(
            .shape, "the rows of a tensor are of one length", got: "\(shape) at #\(index + 1)",
            wanted: "\(inner)")
        }
        inner = shape
      }
      return [items.count] + (inner ?? [])
    case .object(let object as TensorObject) where object.tensor.count == 1:
      return try read(object.tensor.number)
    default: throw Fault.wrongType(wanted: "number, or lists of numbers", got: value)
    }
    return []
  }

  private mutating func append(_ real: Double, _ integer: Int64, _ kind: DType.Category) {
    reals.append(real)
    integers.append(integer)
    widest = widest.map { max($0, kind) } ?? kind
  }
}
