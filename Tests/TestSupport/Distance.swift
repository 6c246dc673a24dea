import Engine

extension Tensor {
  /// ‖self - reference‖ / ‖reference‖; infinite when shapes differ.
  public func distance(to reference: Tensor) -> Double {
    guard shape == reference.shape else { return .infinity }
    let difference = zip(doubles(), reference.doubles()).map { $0 - $1 }
    return norm(difference) / max(norm(reference.doubles()), .leastNormalMagnitude)
  }
}

/// The Euclidean norm.
public func norm(_ values: some Sequence<Double>) -> Double {
  values.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
