import Components

/// Metrics, as ignite attaches them: reset at EPOCH_STARTED, updated at ITERATION_COMPLETED, computed
/// at EPOCH_COMPLETED, and after the last of them the key metric is compared with the best so far.
extension Workflow {
  func attachMetrics() {
    on(.epochStarted) { $0.state.cases = [] }
    on(.iterationCompleted) { workflow in
      workflow.state.cases += workflow.state.batch.samples.map(\.caseFile)
    }
    for (name, metric) in options.metrics {
      on(.epochStarted) { _ in metric.reset() }
      on(.iterationCompleted) { workflow in
        try metric.update(workflow.state.output.value, workflow.callContext)
      }
      on(.epochCompleted) { workflow in
        let result = try metric.compute()
        workflow.state.setMetric(name, result.value)
        workflow.state.metricDetails[name] = result.details
        workflow.state.metricClassNames[name] = result.classNames
        workflow.state.metricCases = workflow.state.cases
        workflow.history.record(name, result.value, at: workflow.state.epoch, .epoch)
      }
    }
    guard options.hasKeyMetric, let name = options.metrics.first?.name else { return }
    state.keyMetricName = name
    on(.epochCompleted) { try $0.compareKeyMetric(name) }
  }

  /// A metric that is not a number never becomes the best.
  private func compareKeyMetric(_ name: String) throws {
    guard let value = state.metric(name) else { return }
    if value.isNaN {
      note(
        "\(name) is not a number at epoch \(state.epoch); the best stays "
          + PythonNumber.text(of: state.bestMetric))
    } else if try options.isBetter(value, state.bestMetric) {
      log("Got new best metric of \(name): \(PythonNumber.text(of: value))")
      (state.bestMetric, state.bestMetricEpoch) = (value, state.epoch)
    }
  }
}

extension Sample {
  /// The file the case was loaded from; empty when no entry says.
  var caseFile: String {
    if case .metadata(let metadata) = self[Sample.metadataKey("image")] { return metadata.fileName }
    for key in keys {
      if case .metadata(let metadata) = self[key] { return metadata.fileName }
    }
    return ""
  }
}
