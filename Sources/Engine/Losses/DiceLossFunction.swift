import Components
import Synchronization

/// The live loss of `DiceLoss`.
public final class DiceLossFunction: Loss {
  public let arguments: DiceLoss
  private let output: any OutputSink
  private let warned = Atomic<Bool>(false)

  init(_ arguments: DiceLoss, _ output: any OutputSink) {
    (self.arguments, self.output) = (arguments, output)
  }

  public var kind: String { "DiceLoss" }
  public var summary: String { arguments.call }

  /// - Throws: `shape` when prediction and target do not fit, `data` when a class number has no
  ///   channel.
  public func callAsFunction(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
    let channels = prediction.shape.count > 1 ? prediction.shape[1] : 1
    guard prediction.shape.count >= 2, prediction.count > 0 else {
      throw Fault(.shape, "DiceLoss takes [N, C, spatial…]", got: "\(prediction.shape)")
    }
    if channels == 1 { warnAboutOneChannel() }
    let isClassTarget = arguments.oneHotTarget && channels > 1
    try arguments.preview(
      prediction: TensorSpec(shape: prediction.shape), target: TensorSpec(shape: target.shape))
    let plain = prediction.converted(to: .float32)
    let kernel = DiceKernel(
      shape: prediction.shape, probability: probability(channels), isClassTarget: isClassTarget,
      isSquared: arguments.squaredPrediction)
    let labels = target.detached.plain.converted(to: .float32)
    let sums = try kernel.sums(plain, labels)
    let terms = terms(sums, items: prediction.shape[0], channels: channels)
    let shape =
      arguments.reduction == .none
      ? terms.shape + prediction.shape.dropFirst(2).map { _ in 1 } : []
    let loss = Tensor(terms.values.map { Float($0) }, shape: shape)
    guard let node = prediction.node else { return loss }
    let saved = plain.detached
    return loss.recorded([.node(node)]) { gradient in
      let factors = gradient.elements(of: Float.self)
      return [
        kernel.backward(
          saved, labels, byOverlap: terms.byOverlap(factors),
          byPredicted: terms.byPredicted(factors))
      ]
    }
  }

  private func probability(_ channels: Int) -> DiceKernel.Probability {
    if arguments.sigmoid { return .sigmoid }
    return arguments.softmax && channels > 1 ? .softmax : .identity
  }

  /// MONAI warns of each at every call; once is enough.
  private func warnAboutOneChannel() {
    let ignored = [
      arguments.softmax ? "softmax" : nil, arguments.oneHotTarget ? "to_onehot_y" : nil,
      arguments.includeBackground ? nil : "include_background",
    ].compactMap { $0 }
    guard !ignored.isEmpty, !warned.exchange(true, ordering: .relaxed) else { return }
    output.write(
      "DiceLoss: the prediction has one channel, \(ignored.joined(separator: " and ")) has no "
        + "effect\n", to: .note)
  }

  /// The loss as numbers, with their derivatives by the sums of each item and channel.
  struct Terms: Sendable {
    var shape: [Int]
    var values: [Double]
    /// For each item and channel: which of `values` it went into, and the derivatives of that value.
    var parts: [(value: Int, byOverlap: Double, byPredicted: Double)]

    func byOverlap(_ factors: [Float]) -> [Float] {
      parts.map { $0.value < 0 ? 0 : Float($0.byOverlap) * factors[$0.value] }
    }
    func byPredicted(_ factors: [Float]) -> [Float] {
      parts.map { $0.value < 0 ? 0 : Float($0.byPredicted) * factors[$0.value] }
    }
  }

  private func terms(_ sums: DiceKernel.Sums, items: Int, channels: Int) -> Terms {
    let first = arguments.includeBackground || channels == 1 ? 0 : 1
    let counted = channels - first, rows = arguments.batch ? 1 : items
    var values: [Double] = []
    var parts = Array(
      repeating: (value: -1, byOverlap: 0.0, byPredicted: 0.0), count: items * channels)
    for row in 0..<rows {
      for channel in first..<channels {
        let places = (arguments.batch ? Array(0..<items) : [row]).map { $0 * channels + channel }
        let overlap = places.reduce(0) { $0 + sums.overlap[$1] }
        let total = places.reduce(0) { $0 + sums.predicted[$1] + sums.actual[$1] }
        let denominator =
          (arguments.jaccard ? 2 * (total - overlap) : total) + arguments.smoothDenominator
        let numerator = 2 * overlap + arguments.smoothNumerator
        let byDenominator = numerator / (denominator * denominator)
        for place in places {
          parts[place] = (
            values.count, -2 / denominator - (arguments.jaccard ? 2 * byDenominator : 0),
            byDenominator * (arguments.jaccard ? 2 : 1)
          )
        }
        values.append(1 - numerator / denominator)
      }
    }
    if arguments.reduction == .none {
      let shape = arguments.batch ? [counted] : [items, counted]
      return Terms(shape: shape, values: values, parts: parts)
    }
    let scale = arguments.reduction == .mean ? 1 / Double(values.count) : 1
    for index in parts.indices where parts[index].value >= 0 {
      parts[index] = (0, parts[index].byOverlap * scale, parts[index].byPredicted * scale)
    }
    return Terms(shape: [], values: [values.reduce(0, +) * scale], parts: parts)
  }
}
