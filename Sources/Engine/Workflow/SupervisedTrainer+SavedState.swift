import Components

/// The whole of a training as data, for `--resume` and for a trainer rebuilt from changed text.
///
/// Weights and everything else are one value and so one file: there is no moment at which a kill
/// could leave weights of one iteration beside counters of another.
extension SupervisedTrainer {
  /// File name of the state beside the checkpoints.
  public static let stateFileName = "run_state.pt"
  private static let version = 1

  /// Where it stands after the last whole iteration.
  public func savedState() throws -> StateValue {
    var saved = StateDictionary([
      ("etude_run_state", .int(Self.version)), ("identity", .string(identity.description)),
      ("progress", .dict(savedProgress())), ("network", try network.state()),
      ("optimizer", try optimizer.state()), ("handlers", try Self.states(of: handlers)),
      ("validators", .list(try validators.map { try $0.savedState() })),
      ("generator", Self.state(of: context.generator.state)), ("history", history.state()),
      ("source", try source.restingState()),
    ])
    saved["pass"] = try pass?.state() ?? passState ?? StateValue.none
    saved["metrics"] = isEpochOpen ? try savedMetrics() : StateValue.none
    return .dict(saved)
  }

  private func savedProgress() -> StateDictionary {
    StateDictionary([
      ("epoch", .int(state.epoch)), ("iteration", .int(state.iteration)),
      ("epoch_length", .int(state.epochLength)), ("iterations_done", .int(iterationsDone)),
      ("is_epoch_open", .bool(isEpochOpen)), ("has_completed", .bool(hasCompleted)),
      ("pending_event", pending.map { .string($0.event.rawValue) } ?? .none),
      ("pending_handler", .int(pending?.handler ?? 0)), ("best", savedBest()),
      ("seconds", .double(totalTime.seconds)),
    ])
  }

  /// Takes the whole state over; what does not fit is a fault, and no iteration was lost.
  ///
  /// An `lr` that the text now gives another value wins over the saved one, and a line says so.
  public func restore(_ value: StateValue) throws {
    let saved = try value.dictionary()
    guard try saved.int("etude_run_state") == Self.version else {
      throw Fault(
        .format, "this run state was written by another version of etude",
        wanted: "version \(Self.version)")
    }
    let progress = try saved.required("progress").dictionary("progress")
    let savedLength = try progress.int("epoch_length")
    guard savedLength == state.epochLength else {
      throw Fault(
        .state,
        "an epoch had \(savedLength) iterations when this run was saved and has "
          + "\(state.epochLength) now",
        got: "\(state.epochLength)", wanted: "\(savedLength)",
        remedy: "resume with the same data list, batch_size and epoch_length")
    }
    _ = try network.adopt(try saved.required("network"), strict: true)
    let hasNewRate = try adoptOptimizer(saved)
    let handlerStates = try saved.required("handlers")
    try Self.adopt(hasNewRate ? withPresentRates(handlerStates) : handlerStates, into: handlers)
    try restoreValidators(try saved.required("validators").list("validators"))
    history = try History(state: try saved.required("history"))
    identity = RunIdentity(try saved.string("identity"))
    try restoreProgress(progress)
    try restoreMetrics(try saved.required("metrics"))
    let savedPass = try saved.required("pass")
    pass = nil
    if case .none = savedPass { passState = nil } else { passState = savedPass }
    try source.rest(in: try saved.required("source"))
    context.generator.state = try Self.generatorState(try saved.required("generator"))
  }

  private func restoreProgress(_ progress: StateDictionary) throws {
    state.epoch = try progress.int("epoch")
    state.iteration = try progress.int("iteration")
    iterationsDone = try progress.int("iterations_done")
    isEpochOpen = try progress.bool("is_epoch_open")
    hasCompleted = try progress.bool("has_completed")
    if case .string(let name) = try progress.required("pending_event") {
      guard let event = Event(rawValue: name) else { throw StateValue.damaged("pending_event") }
      pending = (event, try progress.int("pending_handler"))
    } else {
      pending = nil
    }
    try restoreBest(try progress.required("best"))
    totalTime = .seconds(try progress.double("seconds"))
  }

  private func restoreValidators(_ states: [StateValue]) throws {
    guard states.count == validators.count else {
      throw Fault(
        .state,
        "the saved run validated with \(states.count) evaluators, this one has "
          + "\(validators.count)",
        remedy: "resume with the config the run was started with")
    }
    for (validator, state) in zip(validators, states) { try validator.restore(state) }
  }

  // MARK: Optimizer

  /// Returns whether a rate set now has replaced a saved one.
  private func adoptOptimizer(_ saved: StateDictionary) throws -> Bool {
    let configured = optimizer.groups.map { $0.initialLearningRate ?? $0.learningRate }
    _ = try optimizer.adopt(try saved.required("optimizer"), strict: true)
    var isChanged = false
    for (group, wanted) in zip(optimizer.groups, configured) {
      let before = group.initialLearningRate ?? group.learningRate
      guard wanted != before else { continue }
      // What the scheduler has made of the old rate so far, it has made of the new one too.
      group.learningRate = before == 0 ? wanted : group.learningRate / before * wanted
      if group.initialLearningRate != nil { group.initialLearningRate = wanted }
      isChanged = true
      note("learning rate \(wanted) as set now, not the saved \(before)")
    }
    return isChanged
  }

  /// States of schedulers with the rates the optimizer has now as those they go on from.
  private func withPresentRates(_ states: StateValue) throws -> StateValue {
    let initial = optimizer.groups.map { $0.initialLearningRate ?? $0.learningRate }
    return .list(
      try states.list("handlers").map { state in
        guard case .dict(var scheduler) = state, scheduler["base_lrs"] != nil else { return state }
        scheduler["base_lrs"] = .list(initial.map { .double($0) })
        scheduler["_last_lr"] = .list(optimizer.groups.map { .double($0.learningRate) })
        return .dict(scheduler)
      })
  }

  // MARK: Metrics and generator

  private func savedMetrics() throws -> StateValue {
    .list(
      try options.metrics.map { _, metric in
        try (metric as? any ResumableMetric)?.gathered() ?? .none
      })
  }

  /// A metric in the middle of an epoch goes on from what it had gathered.
  private func restoreMetrics(_ value: StateValue) throws {
    if case .none = value { return }
    for ((name, metric), saved) in zip(options.metrics, try value.list("metrics")) {
      if case .none = saved {
        note("\(name) cannot be saved in the middle of an epoch; it counts from here")
        metric.reset()
      } else {
        try (metric as? any ResumableMetric)?.adopt(gathered: saved)
      }
    }
  }

  private static func state(of generator: TorchGenerator.State) -> StateValue {
    let bytes = generator.bytes
    return .tensor(Tensor(bytes, shape: [bytes.count]))
  }

  private static func generatorState(_ value: StateValue) throws -> TorchGenerator.State {
    guard case .tensor(let tensor) = value, tensor.dtype == .uint8 else {
      throw StateValue.damaged("generator")
    }
    return try TorchGenerator.State(bytes: tensor.elements(of: UInt8.self))
  }
}

/// What trainers and evaluators save alike.
extension Workflow {
  func savedBest() -> StateValue {
    .dict(
      StateDictionary([
        ("metric", .double(state.bestMetric)), ("epoch", .int(state.bestMetricEpoch)),
        ("checkpoint", bestCheckpoint.map { .string($0) } ?? .none),
        (
          "metrics",
          .dict(StateDictionary(state.metrics.map { ($0.name, StateValue.double($0.value)) }))
        ),
      ]))
  }

  func restoreBest(_ value: StateValue) throws {
    let saved = try value.dictionary("best")
    state.bestMetric = try saved.double("metric")
    state.bestMetricEpoch = try saved.int("epoch")
    if case .string(let path) = try saved.required("checkpoint") { bestCheckpoint = path }
    let metrics = try saved.required("metrics").dictionary("metrics")
    state.metrics = try metrics.names.map { ($0, try metrics.double($0)) }
  }

  static func states(of handlers: [any Handler]) throws -> StateValue {
    .list(try handlers.map { try ($0 as? any Stateful)?.state() ?? .none })
  }

  /// Handlers are matched by their place in the list.
  static func adopt(_ value: StateValue, into handlers: [any Handler]) throws {
    let states = try value.list("handlers")
    guard states.count == handlers.count else {
      throw Fault(
        .state, "the saved run had \(states.count) handlers, this one has \(handlers.count)",
        remedy: "resume with the config the run was started with")
    }
    for (handler, state) in zip(handlers, states) {
      if case .none = state { continue }
      _ = try (handler as? any Stateful)?.adopt(state, strict: true)
    }
  }
}

extension SupervisedEvaluator {
  func savedState() throws -> StateValue {
    .dict(
      StateDictionary([
        ("best", savedBest()), ("handlers", try Self.states(of: handlers)),
        ("source", try source.restingState()),
      ]))
  }

  func restore(_ value: StateValue) throws {
    let saved = try value.dictionary("validators")
    try restoreBest(try saved.required("best"))
    try Self.adopt(try saved.required("handlers"), into: handlers)
    try source.rest(in: try saved.required("source"))
  }
}
