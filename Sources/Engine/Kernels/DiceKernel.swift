import CKernels
import Components

/// Overlap sums of probabilities and targets, and the gradient of whatever is made of them.
///
/// Shapes: prediction `[N, C, spatial…]` float32, target the same or `[N, 1, spatial…]` class numbers.
struct DiceKernel: Sendable {
  enum Probability: Sendable { case identity, sigmoid, softmax }

  /// One entry for each item and channel, channels fastest.
  struct Sums: Sendable {
    var overlap: [Double]
    var predicted: [Double]
    var actual: [Double]
  }

  let shape: [Int]
  let probability: Probability
  let isClassTarget: Bool
  let isSquared: Bool

  private var description: EtudeDice {
    let kind =
      switch probability {
      case .identity: ETUDE_IDENTITY
      case .sigmoid: ETUDE_SIGMOID
      case .softmax: ETUDE_SOFTMAX
      }
    return EtudeDice(
      batch: Int64(shape[0]), channels: Int64(shape[1]),
      voxels: Int64(shape.dropFirst(2).reduce(1, *)), probability: Int32(kind.rawValue),
      classTarget: isClassTarget ? 1 : 0, squared: isSquared ? 1 : 0,
      parts: Int32(ComputeThreads.count))
  }

  func sums(_ prediction: Tensor, _ target: Tensor) throws(Fault) -> Sums {
    let zeros = Array(repeating: 0.0, count: shape[0] * shape[1])
    var sums = Sums(overlap: zeros, predicted: zeros, actual: zeros)
    var dice = description
    let wrong = etude_dice_sums(
      &dice, prediction.floats, target.floats, &sums.overlap, &sums.predicted, &sums.actual)
    withExtendedLifetime((prediction, target)) {}
    guard wrong == -1 else {
      throw Fault(
        .data, "the label holds a class number for which the prediction has no channel",
        got: wrong < 0 ? "a negative or undefined number" : "\(wrong)",
        wanted: "0 to \(shape[1] - 1)",
        remedy: wrong < 0
          ? nil : "give the network out_channels=\(wrong + 1), or merge classes in the labels")
    }
    return sums
  }

  /// The gradient of Σ byOverlap · overlap + byPredicted · predicted.
  func backward(
    _ prediction: Tensor, _ target: Tensor, byOverlap: [Float], byPredicted: [Float]
  ) -> Tensor {
    let result = Tensor(uninitialized: shape)
    var dice = description
    etude_dice_backward(
      &dice, prediction.floats, target.floats, byOverlap, byPredicted, result.mutableFloats)
    withExtendedLifetime((prediction, target)) {}
    return result
  }
}
