import Components

/// The `train_stats.json` of `--write_train_stats`: MONAI's `get_train_stats` and
/// `get_validation_stats` together, under their keys.
///
/// As in MONAI 0.8.1, `total_iterations` is the number of iterations of one epoch.
public struct TrainStats: Sendable, Equatable {
  public let totalEpochs: Int
  public let totalIterations: Int
  public let bestMetric: Double
  public let bestEpoch: Int

  public init(_ trainer: SupervisedTrainer) {
    let judge = trainer.validators.first { $0.state.keyMetricName != nil }?.state ?? trainer.state
    (totalEpochs, totalIterations) = (trainer.state.maxEpochs, trainer.state.epochLength)
    (bestMetric, bestEpoch) = (judge.bestMetric, judge.bestMetricEpoch)
  }

  /// One JSON object on one line.
  public var json: String {
    let metric = bestEpoch < 0 ? "-1" : PythonNumber.text(of: bestMetric)
    return """
      {"total_epochs": \(totalEpochs), "total_iterations": \(totalIterations), \
      "best_validation_metric": \(metric), "best_validation_epoch": \(bestEpoch)}

      """
  }

  /// Writes `train_stats.json` into a folder.
  public func write(to folder: String) throws {
    try AtomicFile.write(Array(json.utf8), to: PathName.join(folder, "train_stats.json"))
  }
}
