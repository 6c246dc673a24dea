import Components

/// Where a run stands: ignite's `engine.state` with MONAI's additions.
///
/// Invariant behind `@unchecked`: only the thread that runs the workflow touches it.
public final class WorkflowState: HasAttributes, @unchecked Sendable {
  /// Iterations done since training began; a validation counts from 0 each time.
  public internal(set) var iteration = 0
  /// The epoch at work, from 1; 0 before the first. A validation has its trainer's.
  public internal(set) var epoch = 0
  /// Iterations of one epoch.
  public internal(set) var epochLength: Int
  /// Where this run ends.
  public internal(set) var maxEpochs: Int

  public internal(set) var batch = StepData.none
  public internal(set) var output = StepData.none

  /// The last value of each metric, in the order they were attached.
  public internal(set) var metrics: [(name: String, value: Double)] = []
  /// Values by item and class, for metrics that have them, and the class of each column.
  public internal(set) var metricDetails: [String: [[Double]]] = [:]
  var metricClassNames: [String: [String]] = [:]
  /// The files of the rows of `metricDetails`; those of an epoch that was stopped are no part of it.
  var metricCases: [String] = []
  /// The file each item of the epoch came from, in order.
  public internal(set) var cases: [String] = []
  public internal(set) var keyMetricName: String?
  public internal(set) var bestMetric = -1.0
  public internal(set) var bestMetricEpoch = -1

  /// Seconds of the last epoch and of the whole run.
  public internal(set) var epochTime = Duration.zero
  public internal(set) var runTime = Duration.zero

  init(epochLength: Int, maxEpochs: Int) {
    (self.epochLength, self.maxEpochs) = (epochLength, maxEpochs)
  }

  public func metric(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }

  func setMetric(_ name: String, _ value: Double) {
    if let index = metrics.firstIndex(where: { $0.name == name }) {
      metrics[index].value = value
    } else {
      metrics.append((name, value))
    }
  }

  public var kind: String { "state" }
  public var summary: String { "epoch \(epoch) of \(maxEpochs), iteration \(iteration)" }

  public var attributeNames: [String] {
    [
      "iteration", "epoch", "epoch_length", "max_epochs", "batch", "output", "metrics",
      "metric_details", "key_metric_name", "best_metric", "best_metric_epoch", "times", "rank",
    ]
  }

  public func attribute(_ name: String) -> Value? {
    switch name {
    case "iteration": .int(iteration)
    case "epoch": .int(epoch)
    case "epoch_length": .int(epochLength)
    case "max_epochs": .int(maxEpochs)
    case "batch": batch.value
    case "output": output.value
    case "metrics": .dict(ValueDictionary(metrics.map { ($0.name, .double($0.value)) }))
    case "metric_details": .dict(ValueDictionary(detailsByName))
    case "key_metric_name": keyMetricName.map { .string($0) } ?? Value.none
    case "best_metric": bestMetricEpoch < 0 ? .int(-1) : .double(bestMetric)
    case "best_metric_epoch": .int(bestMetricEpoch)
    case "times":
      .dict([
        "EPOCH_COMPLETED": .double(epochTime.seconds), "COMPLETED": .double(runTime.seconds),
      ])
    case "rank": .int(0)
    default: nil
    }
  }

  private var detailsByName: [(String, Value)] {
    metricDetails.sorted { $0.key < $1.key }.map { name, rows in
      (name, .list(rows.map { .list($0.map { .double($0) }) }))
    }
  }
}
