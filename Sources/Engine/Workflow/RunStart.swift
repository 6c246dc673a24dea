import Components

/// Where a run began; makes its record when it has ended.
struct RunStart {
  private let clock = ContinuousClock()
  private let time: ContinuousClock.Instant
  private let iteration: Int
  private let epoch: Int

  init(_ workflow: Workflow) {
    time = clock.now
    (iteration, epoch) = (workflow.state.iteration, workflow.closedEpochs)
  }

  var elapsed: Duration { clock.now - time }

  func finish(_ trainer: SupervisedTrainer, isInterrupted: Bool) -> Run {
    let judge = trainer.judge
    let history = trainer.history.after(iteration: iteration, epoch: epoch)
    return Run(
      action: .training, history: history,
      keyMetric: judge.state.keyMetricName, best: judge.bestValue, bestEpoch: judge.bestEpoch,
      epochs: trainer.closedEpochs - epoch, iterations: trainer.state.iteration - iteration,
      duration: elapsed,
      checkpoint: judge.bestCheckpoint ?? trainer.bestCheckpoint ?? trainer.lastCheckpoint,
      isInterrupted: isInterrupted,
      // Of a validation before this run there is nothing to tell again.
      details: trainer.validators.flatMap(\.details).filter { history[$0.name] != nil },
      confusion: trainer.validators.last { evaluator in
        evaluator.state.metrics.contains { history[$0.name] != nil }
      }?.classConfusion)
  }

  func finish(_ evaluator: SupervisedEvaluator) -> Run {
    // This pass has one value of the metric, which is its best; a file only if it made one.
    let key = evaluator.state.keyMetricName
    let value = key.flatMap(evaluator.state.metric)
    let isBest = value != nil && value == evaluator.bestValue
    return Run(
      action: .validation, history: evaluator.history, keyMetric: key, best: value,
      bestEpoch: value.map { _ in evaluator.state.epoch }, epochs: 1,
      iterations: evaluator.state.iteration, duration: elapsed,
      checkpoint: isBest && evaluator.savesModels ? evaluator.bestCheckpoint : nil,
      isInterrupted: false, details: evaluator.details, confusion: evaluator.classConfusion)
  }
}

extension SupervisedEvaluator {
  fileprivate var classConfusion: ClassConfusion? {
    guard let confusion, !confusion.counts.isEmpty else { return nil }
    let labels = loader?.dataset.labels ?? [:]
    return ClassConfusion(
      classes: confusion.counts.indices.map { labels[$0] ?? "class\($0)" }, confusion: confusion)
  }
}

extension Workflow {
  var bestValue: Double? { state.bestMetricEpoch < 0 ? nil : state.bestMetric }
  var bestEpoch: Int? { state.bestMetricEpoch < 0 ? nil : state.bestMetricEpoch }

  /// Per case and class, of the metrics that have such values.
  var details: [MetricDetails] {
    let labels = loader?.dataset.labels ?? [:]
    return state.metrics.compactMap { name, value in
      state.metricDetails[name].map {
        MetricDetails(
          name: name, value: value, cases: state.metricCases, rows: $0,
          classNames: state.metricClassNames[name] ?? [], labels: labels)
      }
    }
  }
}
