import Components

/// Tensors made of nothing but a shape; sizes are bounded, since a script asks for them.
extension Tensor {
  /// All elements the same number.
  public static func filled(
    _ shape: [Int], with value: Value, dtype: DType? = nil
  ) throws(Fault) -> Tensor {
    let one = try Tensor(nested: value, dtype: dtype)
    guard one.rank == 0 else {
      throw Fault.wrongType(wanted: "number", got: value).inArgument("fill_value")
    }
    try checkSizes(shape)
    return try one.expanded(to: shape)
  }

  /// `start`, `start + step`, … below `stop` (torch's `arange`): int64 for whole numbers, float32
  /// otherwise.
  public static func range(
    from start: Value, to stop: Value, by step: Value, dtype: DType? = nil
  ) throws(Fault) -> Tensor {
    let bounds = try [Double](argument: .list([start, stop, step]))
    guard bounds[2] != 0 else { throw Fault(.invalid, "the step of a range is not 0") }
    let size = ((bounds[1] - bounds[0]) / bounds[2]).rounded(.up)
    guard size.isFinite, size < 1e15 else {
      throw Fault(.limit, "this range has too many elements", got: "\(size)")
    }
    let count = max(0, Int(size))
    try checkSizes([count])
    if case (.int(let start), .int, .int(let step)) = (start, stop, step) {
      let numbers = (0..<count).map { Int64(start + $0 * step) }
      return Tensor(numbers, shape: [count]).converted(to: dtype ?? .int64)
    }
    let numbers = (0..<count).map { bounds[0] + Double($0) * bounds[2] }
    return Tensor(numbers, shape: [count]).converted(to: dtype ?? .float32)
  }

  /// Uniform numbers of [0, 1), as `torch.rand` draws them.
  public static func uniform(_ shape: [Int], from generator: TorchGenerator) throws(Fault) -> Tensor
  {
    try checkSizes(shape)
    return Tensor(shape: shape, of: Float.self) { generator.fillUniform($0) }
  }

  /// Numbers of the standard normal distribution, as `torch.randn` draws them.
  public static func normal(_ shape: [Int], from generator: TorchGenerator) throws(Fault) -> Tensor
  {
    try checkSizes(shape)
    return Tensor(shape: shape, of: Float.self) { generator.fillNormal($0) }
  }

  private static func checkSizes(_ shape: [Int]) throws(Fault) {
    if let size = shape.first(where: { $0 < 0 }) {
      throw Fault(.outOfRange, "the sizes of a tensor are not negative", got: "\(size)")
    }
    try allow(shape, from: [])
  }
}

extension DType: ChoiceArgument {}
