import Components

/// The record of one `train()` or `validate()`: its curves, its best value and how it ended.
///
/// Invariant behind `Sendable`: every property is set once, in `init`.
public final class Run: HasAttributes {
  public enum Action: String, Sendable { case training, validation }

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

  init(
    action: Action, history: History, keyMetric: String?, best: Double?, bestEpoch: Int?,
    epochs: Int, iterations: Int, duration: Duration, checkpoint: String?,
    isInterrupted: Bool, details: [MetricDetails]
  ) {
    (self.action, self.history, self.keyMetric) = (action, history, keyMetric)
    (self.best, self.bestEpoch, self.epochs) = (best, bestEpoch, epochs)
    (self.iterations, self.duration, self.checkpoint) = (iterations, duration, checkpoint)
    (self.isInterrupted, self.details) = (isInterrupted, details)
  }

  public var kind: String { "Run" }
  public var summary: String {
    ([line(number: nil)] + details.map { $0.line() }).joined(separator: "\n")
  }

  public var attributeNames: [String] {
    history.series.map(\.name) + [
      "best", "best_epoch", "key_metric", "epochs", "iterations", "seconds", "checkpoint",
      "interrupted",
    ]
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
    default: history[name].map { .list($0.values.map { .double($0) }) }
    }
  }

  /// `run 3: 20 epochs, 100 iterations, 4 min 02 s   train_loss 0.913 → 0.287   val_mean_dice best
  /// 0.8712 (epoch 20) → models/model.pt`
  public func line(number: Int?) -> String {
    var parts = [
      "\(number.map { "run \($0)" } ?? "run"): \(extent), \(ElapsedTime.spoken(duration))"
    ]
    if let loss = history["train_loss"]?.values, let first = loss.first, let last = loss.last {
      parts.append(
        "train_loss \(PythonNumber.text(of: first, decimals: 3)) → \(PythonNumber.text(of: last, decimals: 3))"
      )
    }
    if let keyMetric, let best, let bestEpoch {
      let file = checkpoint.map { " → \($0)" } ?? ""
      parts.append(
        "\(keyMetric) best \(PythonNumber.text(of: best, decimals: 4)) (epoch \(bestEpoch))\(file)")
    } else if let checkpoint {
      parts.append("→ \(checkpoint)")
    }
    if isInterrupted { parts.append("interrupted") }
    return parts.joined(separator: "   ")
  }

  private var extent: String {
    let words = action == .training ? ("epoch", "iteration") : ("validation", "batch")
    func count(_ number: Int, _ word: String) -> String {
      let plural = word == "batch" ? "batches" : word + "s"
      return "\(number) \(number == 1 ? word : plural)"
    }
    let steps = count(iterations, words.1)
    return action == .training ? "\(count(epochs, words.0)), \(steps)" : steps
  }
}
