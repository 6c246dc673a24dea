import Components

/// A workflow rebuilt from changed text goes on where the one it replaces stood.
///
/// Weights, moments and the scheduler's count belong to the network, the optimizer and the
/// scheduler, which hand them on themselves; here it is epoch, iteration, the best so far, curves and
/// files.
extension SupervisedTrainer {
  public func takeOver(from old: SupervisedTrainer) throws {
    takeOverRecord(from: old)
    (state.epoch, state.iteration) = (old.state.epoch, old.state.iteration)
    (hasCompleted, leftStreams) = (old.hasCompleted, old.leftStreams)
    (totalTime, stateFile) = (old.totalTime, stateFile ?? old.stateFile)
    history = old.history
    try takeOverHandlers(handlers, from: old.handlers)
    guard old.isEpochOpen else { return takeOverPass(from: old) }
    if old.iterationsDone >= state.epochLength {
      // The epoch at work has become shorter than what was done of it: it is over.
      note("epoch \(state.epoch) ends here: an epoch has \(state.epochLength) iterations now")
      return
    }
    (isEpochOpen, iterationsDone, pending) = (true, old.iterationsDone, old.pending)
    takeOverPass(from: old)
    for ((name, metric), (oldName, oldMetric)) in zip(options.metrics, old.options.metrics)
    where name == oldName && metric !== oldMetric {
      if let new = metric as? any ResumableMetric, let past = oldMetric as? any ResumableMetric,
        type(of: new) == type(of: past)
      {
        try new.adopt(gathered: past.gathered())
      } else {
        metric.reset()
      }
    }
  }

  /// Other data begin with a pass of their own.
  private func takeOverPass(from old: SupervisedTrainer) {
    if source === old.source { (pass, passState) = (old.pass, old.passState) }
  }
}

extension SupervisedEvaluator {
  public func takeOver(from old: SupervisedEvaluator) throws {
    takeOverRecord(from: old)
    try takeOverHandlers(handlers, from: old.handlers)
  }
}

extension Workflow {
  fileprivate func takeOverRecord(from old: Workflow) {
    if state.keyMetricName == old.state.keyMetricName {
      (state.bestMetric, state.bestMetricEpoch) = (old.state.bestMetric, old.state.bestMetricEpoch)
      bestCheckpoint = old.bestCheckpoint
    }
    let names = Set(options.metrics.map(\.name))
    state.metrics = old.state.metrics.filter { names.contains($0.name) }
    (identity, files, lastCheckpoint) = (old.identity, old.files, old.lastCheckpoint)
  }

  /// What handlers of one kind at one place in the list remember; a scheduler hands on its own.
  fileprivate func takeOverHandlers(_ new: [any Handler], from old: [any Handler]) throws {
    for (new, old) in zip(new, old) where new !== old && new.kind == old.kind {
      guard !(new is LrScheduleHandler.Live), let heir = new as? any Stateful,
        let past = old as? any Stateful
      else { continue }
      _ = try heir.adopt(past.state(), strict: false)
    }
  }
}
