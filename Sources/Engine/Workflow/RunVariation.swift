import Components

/// What one run does otherwise than its workflow was built for.
public struct RunVariation: Sendable {
  /// Batches to train on in place of the trainer's own.
  public var training: (any BatchSource)?
  /// Batches to validate on in place of the evaluators' own.
  public var validation: (any BatchSource)?
  /// Whether validations that are due take place.
  public var validates: Bool
  /// The best model to begin with, in place of the training's own, which this run then leaves as it is.
  public var best: BestModel?

  public init(
    training: (any BatchSource)? = nil, validation: (any BatchSource)? = nil,
    validates: Bool = true, best: BestModel? = nil
  ) {
    (self.training, self.validation, self.validates) = (training, validation, validates)
    self.best = best
  }

  var isApart: Bool { training != nil || validation != nil || best != nil }
}

/// The best value of the key metric so far, and the file that holds the model it is of.
public struct BestModel: Sendable {
  var metric = -1.0
  var epoch = -1
  var checkpoint: String?

  /// None yet.
  public init() {}

  /// What a run left.
  public init(of run: Run) {
    guard let best = run.best, let epoch = run.bestEpoch else { return }
    (metric, self.epoch, checkpoint) = (best, epoch, run.checkpoint)
  }
}

extension SupervisedTrainer {
  /// Runs apart from the training's own batches and best model, then puts those back.
  ///
  /// Weights, moments, epochs and curves go on through both. The best value does not: what is best on
  /// other cases says nothing about these.
  func apart<R>(_ variation: RunVariation, _ body: () throws -> R) rethrows -> R {
    let workflows: [Workflow] = [self] + validators
    let own = workflows.map { ($0.source, $0.best) }
    for workflow in workflows {
      let other = workflow === self ? variation.training : variation.validation
      if let other { workflow.takeBatches(from: other) }
      workflow.best = BestModel()
    }
    judge.best = variation.best ?? BestModel()
    defer {
      for (workflow, (source, best)) in zip(workflows, own) {
        if workflow.source !== source { workflow.takeBatches(from: source) }
        workflow.best = best
      }
    }
    return try body()
  }

  /// Whose key metric says which model is best.
  var judge: Workflow { validators.first { $0.state.keyMetricName != nil } ?? self }
}

extension Workflow {
  var best: BestModel {
    get {
      var best = BestModel()
      (best.metric, best.epoch) = (state.bestMetric, state.bestMetricEpoch)
      best.checkpoint = bestCheckpoint
      return best
    }
    set {
      (state.bestMetric, state.bestMetricEpoch) = (newValue.metric, newValue.epoch)
      bestCheckpoint = newValue.checkpoint
    }
  }

  /// From here on batches come from `other`. An epoch at work ends, without its handlers: half of one
  /// cannot be of other cases.
  func takeBatches(from other: any BatchSource) {
    if self is SupervisedTrainer, isEpochOpen {
      note("epoch \(state.epoch) ends here: the next one has other cases")
    }
    (isEpochOpen, iterationsDone) = (false, 0)
    (pass, passState, pending) = (nil, nil, nil)
    source = other
    state.epochLength = options.epochLength ?? other.batchCount
  }
}

extension Workflow {
  /// Where its batches come from, when that is a loader.
  public var loader: DataLoader? { source as? DataLoader }
}

extension SupervisedTrainer {
  /// Only some of its training cases, and validated on the same ones, through the validation's pipeline.
  ///
  /// - Parameter places: indices into the loader's data set.
  public func variation(onCases places: [Int], validates: Bool) throws -> RunVariation {
    guard let loader else {
      throw Fault(.state, "the trainer has no data loader to choose cases from")
    }
    let training = CaseSubset(loader.dataset, places)
    let validation = try validators.lazy.compactMap(\.loader).first.map { own in
      own.loading(
        try CachedDataset(
          places.map(loader.dataset.listed), own.dataset.pipeline, keeping: places.count,
          threads: context.threads, showsProgress: false, labels: own.dataset.labels, context))
    }
    return RunVariation(
      training: loader.loading(training), validation: validation, validates: validates)
  }
}
