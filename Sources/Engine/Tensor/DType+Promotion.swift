/// torch's rules for the dtype of a result (`torch.result_type`, 1.13.1).
extension DType {
  /// A wider kind wins over a narrower one, whatever their sizes.
  enum Category: Int, Comparable {
    case bool, integer, floatingPoint

    static func < (left: Category, right: Category) -> Bool { left.rawValue < right.rawValue }
  }

  var category: Category {
    switch self {
    case .bool: .bool
    case .uint8, .int32, .int64: .integer
    case .float32, .bfloat16, .float64: .floatingPoint
    }
  }

  /// The dtype that two tensors with axes meet in.
  public static func promoted(_ left: DType, _ right: DType) -> DType {
    if left.category != right.category { return left.category > right.category ? left : right }
    return left.size >= right.size ? left : right
  }

  /// The dtype of a result whose operands are of different standing: `weaker` (a tensor without
  /// axes, a plain number) counts only when it is of a wider kind than `stronger`.
  static func promoted(stronger: DType, weaker: DType) -> DType {
    stronger.category >= weaker.category ? stronger : promoted(stronger, weaker)
  }
}
