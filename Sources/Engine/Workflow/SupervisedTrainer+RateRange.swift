import Components
import Glibc

/// A learning rate range test (Smith, 2017): train with a rate that grows by a constant factor and
/// watch where the loss falls and where it diverges.
///
/// As MONAI 0.8.1's `LearningRateFinder.range_test`: exponential growth, a loss smoothed with the share
/// 0.05 of the new value, an end once it is more than five times its smallest value. Unlike there, a
/// loss stands at the rate it was measured at rather than at the next one.
public struct RateRange: Sendable, Equatable {
  public let start: Double
  public let end: Double
  public let count: Int

  static let smoothing = 0.05
  static let divergence = 5.0

  public init(from start: Double, to end: Double, count: Int) throws(Fault) {
    guard start > 0, start.isFinite else {
      throw Fault(
        .outOfRange, "start_lr is out of range", got: "\(start)", wanted: "above 0",
        argument: ["start_lr"])
    }
    guard end > start, end.isFinite else {
      throw Fault(
        .outOfRange, "end_lr is out of range", got: "\(end)", wanted: "above start_lr, \(start)",
        argument: ["end_lr"])
    }
    guard count >= 2 else {
      throw Fault(
        .outOfRange, "num_iter is out of range", got: "\(count)", wanted: "≥ 2",
        argument: ["num_iter"])
    }
    (self.start, self.end, self.count) = (start, end, count)
  }

  /// The rate of a step, from 0.
  func rate(_ step: Int) -> Double {
    if step == count - 1 { return end }
    return start * pow(end / start, Double(step) / Double(count - 1))
  }

  /// Where the curve falls fastest, by central differences as `numpy.gradient`; nil where it never
  /// falls.
  static func steepest(_ losses: [Double]) -> Int? {
    guard losses.count > 1 else { return nil }
    let slopes = losses.indices.map { place in
      let (low, high) = (max(place - 1, 0), min(place + 1, losses.count - 1))
      return (losses[high] - losses[low]) / Double(high - low)
    }
    guard let place = slopes.indices.min(by: { slopes[$0] < slopes[$1] }), slopes[place] < 0 else {
      return nil
    }
    return place
  }
}

extension SupervisedTrainer {
  /// Runs the test with this trainer's network, loss, optimizer and data. No handler acts, apart from
  /// a `CheckpointLoader` whose weights a training would begin with.
  ///
  /// Weights and moments are changed: this is for a trainer of its own.
  public func run(_ range: RateRange) throws -> Run {
    let clock = ContinuousClock()
    let start = clock.now
    for handler in handlers { try (handler as? CheckpointLoader.Live)?.act(on: self) }
    let progress = ProgressLine(context)
    defer { progress.clear() }
    var history = History()
    var losses: [Double] = []
    var isInterrupted = false
    for step in 0..<range.count {
      if context.cancellation.isRequested {
        isInterrupted = true
        break
      }
      let rate = range.rate(step)
      for group in optimizer.groups { group.learningRate = rate }
      let (loss, items) = try trainOneBatch()
      // A loss that is no number has diverged.
      guard loss.isFinite else { break }
      let smooth = losses.last.map { RateRange.smoothing * loss + (1 - RateRange.smoothing) * $0 }
      losses.append(smooth ?? loss)
      history.record("lr", rate, at: step + 1, .iteration)
      history.record("loss", losses[step], at: step + 1, .iteration)
      progress.tested(rate: rate, loss: losses[step], step: step + 1, of: range.count, items: items)
      if let least = losses.min(), losses[step] > RateRange.divergence * least { break }
    }
    let place = RateRange.steepest(losses)
    return Run(
      action: .rateTest, history: history, keyMetric: nil, best: nil, bestEpoch: nil, epochs: 0,
      iterations: losses.count, duration: clock.now - start, checkpoint: nil,
      isInterrupted: isInterrupted, details: [], suggestedRate: place.map(range.rate))
  }

  /// One step on the next batch, without events; the loss before it.
  private func trainOneBatch() throws -> (loss: Double, items: Int) {
    if pass == nil { pass = try source.makePass(context) }
    var batch = try pass?.next()
    if batch == nil {
      pass = try source.makePass(context)
      batch = try pass?.next()
    }
    guard let batch else { throw Fault(.data, "the data loader gives no batches") }
    let (image, label) = try Self.pair(batch)
    let loss = try measure(try predict(image), label, batch)
    let value = loss.scalarValue()
    if value.isFinite {
      try differentiate(loss)
      try optimizer.step()
    }
    return (value, image.shape.first ?? 1)
  }
}
