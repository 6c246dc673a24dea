import Components

extension Tensor {
  /// `a @ b` of vectors and matrices, as numpy has it; sums accumulate in double.
  ///
  /// Shapes: `[n, k] @ [k, m]` is `[n, m]`; a vector is a row on the left and a column on the right,
  /// and its axis is missing from the result.
  public func matrixProduct(_ other: Tensor) throws(Fault) -> Tensor {
    guard 1...2 ~= rank, 1...2 ~= other.rank, shape[rank - 1] == other.shape[0] else {
      throw Fault(
        .shape, "shapes \(shape) and \(other.shape) have no matrix product",
        got: "\(shape) @ \(other.shape)", wanted: "[n, k] @ [k, m]")
    }
    let result = DType.promoted(dtype, other.dtype)
    let rows = rank == 2 ? shape[0] : 1
    let columns = other.rank == 2 ? other.shape[1] : 1
    let inner = other.shape[0]
    let newShape = shape.dropLast() + other.shape.dropFirst()
    try Self.allow(Array(newShape), from: [shape, other.shape])
    // The gradients are products too, of matrices: a vector is given its missing axis.
    if rank + other.rank < 4, node != nil || other.node != nil {
      return try reshaped([rows, inner]).matrixProduct(other.reshaped([inner, columns]))
        .reshaped(Array(newShape))
    }
    let (left, right) = (
      detached.converted(to: .float64), other.detached.converted(to: .float64)
    )
    let product = left.withElements(of: Double.self) { a in
      right.withElements(of: Double.self) { b in
        Tensor(shape: Array(newShape), of: Double.self) { c in
          c.initialize(repeating: 0)
          for i in 0..<rows {
            for k in 0..<inner {
              let x = a[i * inner + k]
              for j in 0..<columns { c[i * columns + j] += x * b[k * columns + j] }
            }
          }
        }
      }
    }
    let (a, b) = (converted(to: result), other.converted(to: result))
    return product.converted(to: result).recorded([.init(a), .init(b)]) { gradient in
      try [
        gradient.matrixProduct(right.permuted(axes: [1, 0]).converted(to: result)),
        left.permuted(axes: [1, 0]).converted(to: result).matrixProduct(gradient),
      ]
    }
  }
}
