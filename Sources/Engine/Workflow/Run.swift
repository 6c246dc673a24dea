import Components

/// The record of one `train()`, `validate()` or `lr_range_test()`: its curves, its best value and how
/// it ended.
///
/// Invariant behind `Sendable`: every property is set once, in `init`.
public final class Run: HasAttributes {
  public enum Action: String, Sendable { case training, validation, rateTest }

  public let action: Action
  /// What was logged during this run; earlier and later runs have their own.
  public let history: History
  /// The metric that decides which model is best, with its best value so far and that value's epoch.
  public let keyMetric: String?
  public let best: Double?
  public let bestEpoch: Int?
  public let epochs: Int
  public let iterations: Int
  public let duration: Duration
  /// The file that holds the best model, or the last one written when there is no key metric.
  public let checkpoint: String?
  public let isInterrupted: Bool
  /// Values by case and class of the last validation.
  public let details: [MetricDetails]
  /// Voxels by true and predicted class of the last validation; nil where it was none of classes.
  public let confusion: ClassConfusion?
  /// The learning rate at which the loss fell fastest, of a range test that found one.
  public let suggestedRate: Double?

  init(
    action: Action, history: History, keyMetric: String?, best: Double?, bestEpoch: Int?,
    epochs: Int, iterations: Int, duration: Duration, checkpoint: String?,
    isInterrupted: Bool, details: [MetricDetails], confusion: ClassConfusion? = nil,
    suggestedRate: Double? = nil
  ) {
    (self.action, self.history, self.keyMetric) = (action, history, keyMetric)
    (self.best, self.bestEpoch, self.epochs) = (best, bestEpoch, epochs)
    (self.iterations, self.duration, self.checkpoint) = (iterations, duration, checkpoint)
    (self.isInterrupted, self.details, self.suggestedRate) = (isInterrupted, details, suggestedRate)
    self.confusion = confusion
  }

  public var kind: String { "Run" }
  public var summary: String { summary() }

  public func summary(showsTime: Bool = true) -> String {
    ([line(number: nil, showsTime: showsTime)] + details.map(\.line)).joined(separator: "\n")
  }

  public var attributeNames: [String] {
    history.series.map(\.name) + [
      "best", "best_epoch", "key_metric", "epochs", "iterations", "seconds", "checkpoint",
      "interrupted",
    ] + (action == .rateTest ? ["suggestion"] : [])
  }

  public func attribute(_ name: String) -> Value? {
    switch name {
    case "best": best.map { .double($0) } ?? Value.none
    case "best_epoch": bestEpoch.map { .int($0) } ?? Value.none
    case "key_metric": keyMetric.map { .string($0) } ?? Value.none
    case "epochs": .int(epochs)
    case "iterations": .int(iterations)
    case "seconds": .double(duration.seconds)
    case "checkpoint": checkpoint.map { .string($0) } ?? Value.none
    case "interrupted": .bool(isInterrupted)
    case "suggestion" where action == .rateTest: suggestedRate.map { .double($0) } ?? Value.none
    default: history[name].map { .object(HistoryObject($0)) }
    }
  }

  /// `run 3: 20 epochs, 100 iterations, 4 min 02 s   train_loss 0.913 → 0.287   val_mean_dice best
  /// 0.8712 (epoch 20) → models/model.pt`
  public func line(number: Int?, showsTime: Bool = true) -> String {
    parts(number: number, showsTime: showsTime).joined(separator: "   ")
  }

  /// What its line says, one after the other.
  public func parts(number: Int?, showsTime: Bool = true) -> [String] {
    var parts = [
      "\(number.map { "run \($0)" } ?? "run"): \(extent)" + (showsTime ? ", \(time)" : "")
    ]
    if let loss { parts.append("\(lossName) \(loss)") }
    if let suggestedRate {
      parts.append("steepest at lr \(PythonNumber.text(of: suggestedRate, digits: 3))")
    }
    if let keyMetric, let best, let bestEpoch {
      let file = checkpoint.map { " → \($0)" } ?? ""
      let word = action == .validation ? "" : "best "
      parts.append(
        "\(keyMetric) \(word)\(PythonNumber.text(of: best, decimals: 4)) (epoch \(bestEpoch))\(file)"
      )
    } else if let checkpoint {
      parts.append("→ \(checkpoint)")
    }
    if isInterrupted { parts.append("interrupted") }
    return parts
  }

  /// Whether there was anything left to do.
  public var isEmpty: Bool { iterations == 0 && !isInterrupted }

  /// `0.913 → 0.287`: the first loss and the last.
  public var loss: String? {
    guard let values = history[lossName]?.values, let first = values.first, let last = values.last
    else { return nil }
    return
      "\(PythonNumber.text(of: first, decimals: 3)) → \(PythonNumber.text(of: last, decimals: 3))"
  }

  private var lossName: String { action == .rateTest ? "loss" : "train_loss" }

  /// `4 min 02 s`
  public var time: String { ElapsedTime.spoken(duration) }

  private var extent: String {
    func count(_ number: Int, _ one: String, _ many: String) -> String {
      "\(number) \(number == 1 ? one : many)"
    }
    switch action {
    case .training:
      return count(epochs, "epoch", "epochs") + ", "
        + count(iterations, "iteration", "iterations")
    case .validation: return count(iterations, "batch", "batches")
    case .rateTest: return count(iterations, "iteration", "iterations")
    }
  }
}
