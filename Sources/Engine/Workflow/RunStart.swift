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
    let judge: Workflow =
      trainer.validators.first { $0.state.keyMetricName != nil } ?? trainer
    return Run(
      action: .training, history: trainer.history.after(iteration: iteration, epoch: epoch),
      keyMetric: judge.state.keyMetricName, best: judge.best, bestEpoch: judge.bestEpoch,
      epochs: trainer.closedEpochs - epoch, iterations: trainer.state.iteration - iteration,
      duration: elapsed,
      checkpoint: judge.bestCheckpoint ?? trainer.bestCheckpoint ?? trainer.lastCheckpoint,
      isInterrupted: isInterrupted, details: trainer.validators.flatMap(\.details))
  }

  func finish(_ evaluator: SupervisedEvaluator) -> Run {
    Run(
      action: .validation, history: evaluator.history, keyMetric: evaluator.state.keyMetricName,
      best: evaluator.best, bestEpoch: evaluator.bestEpoch, epochs: 1,
      iterations: evaluator.state.iteration, duration: elapsed,
      checkpoint: evaluator.bestCheckpoint, isInterrupted: false, details: evaluator.details)
  }
}

extension Workflow {
  var best: Double? { state.bestMetricEpoch < 0 ? nil : state.bestMetric }
  var bestEpoch: Int? { state.bestMetricEpoch < 0 ? nil : state.bestMetricEpoch }

  /// Per case and class, of the metrics that have such values.
  var details: [MetricDetails] {
    state.metrics.compactMap { name, value in
      state.metricDetails[name].map {
        MetricDetails(
          name: name, value: value, cases: state.cases, rows: $0,
          classNames: state.metricClassNames[name] ?? [])
      }
    }
  }
}
