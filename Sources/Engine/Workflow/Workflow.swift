import Components

/// What trainers and evaluators share: events, handlers, state and the loop over epochs and batches.
///
/// Order of events and wording of log lines are those of ignite 0.4.8 under MONAI 0.8.1's
/// `Workflow`; a workflow keeps its place between runs, so running again goes on.
///
/// Invariant behind `@unchecked`: a workflow belongs to the thread that runs it.
public class Workflow: HasAttributes, @unchecked Sendable {
  public typealias Action = (Workflow) throws -> Void
  public typealias ExceptionAction = (Workflow, any Error) throws -> Void

  public let state: WorkflowState
  public let context: RunContext
  public internal(set) var history = History()
  /// Where batches come from now; `RunVariation` exchanges it for a time.
  var source: any BatchSource
  let options: Options
  /// Whether savers may write models; a look at how good one is writes none.
  var savesModels = true

  /// The best model's file, and the file written last, of those this workflow's savers wrote.
  var bestCheckpoint: String?
  var lastCheckpoint: String?
  /// Where its savers write; the first one that says.
  var checkpointFolder: String?
  var files = RunFiles()
  /// What tells files of this training from files that were there before; it survives a resume.
  public internal(set) var identity = RunIdentity()

  /// Random streams of the post transforms.
  var postStreams: PipelineStreams

  private var actions: [Event: [(filter: EventFilter, action: Action)]] = [:]
  private var exceptionActions: [ExceptionAction] = []

  /// The pass over the data at work; it outlives an epoch, and is renewed when a batch is asked of it
  /// and it has none left.
  var pass: (any BatchPass)?
  /// Where to take the pass up again, after an interrupt, a failure or a resume.
  var passState: StateValue?
  /// Iterations done of the epoch at work.
  var iterationsDone = 0
  /// Between EPOCH_STARTED and the end of EPOCH_COMPLETED.
  var isEpochOpen = false
  /// The handler at which an interrupted event goes on.
  var pending: (event: Event, handler: Int)?
  /// From the request for a batch until what it changes is changed; an iteration stopped in between
  /// counts as not done.
  var isMidIteration = false
  var isTerminating = false
  private var isTerminatingEpoch = false
  /// Time spent waiting for batches since the run began.
  private(set) var waited = Duration.zero

  /// What both kinds of workflow are built from.
  struct Options {
    var epochLength: Int?
    var postprocessing: Compose?
    var metrics: [(name: String, metric: any Metric)] = []
    /// True when the first of `metrics` decides which model is best.
    var hasKeyMetric = false
    var isBetter: @Sendable (Double, Double) throws -> Bool = { $0 > $1 }
    var decollates = true
    var precision = ForwardMode.Precision.float32
  }

  init(
    source: any BatchSource, maxEpochs: Int, options: Options, handlers: [any Handler],
    context: RunContext
  ) throws {
    (self.source, self.options, self.context) = (source, options, context)
    postStreams = options.postprocessing?.streams(seed: context.seed) ?? PipelineStreams([])
    state = WorkflowState(
      epochLength: options.epochLength ?? source.batchCount, maxEpochs: maxEpochs)
    attachMetrics()
    for handler in handlers { try attach(handler) }
  }

  func attach(_ handler: any Handler) throws { try handler.attach(to: self) }

  // MARK: What kinds of workflow add

  public var kind: String { "workflow" }
  public var summary: String { "\(kind), \(state.summary)" }
  /// Turns `state.batch` into `state.output`, firing the events in between.
  func iterate(_ batch: Batch) throws {}
  /// Called where the run can stop and be taken up again later: after the handlers of every
  /// iteration and of every epoch.
  func reachSafePoint() throws { try context.cancellation.check() }
  /// Whether to stop before the next iteration although the epoch is not over.
  var hasReachedIterationLimit: Bool { false }

  // MARK: Events

  /// Calls `action` at every `event` that `filter` accepts, after everything registered before.
  public func on(_ event: Event, _ filter: EventFilter = .always, _ action: @escaping Action) {
    actions[event, default: []].append((filter, action))
  }

  /// Only the action registered first is called: MONAI's handlers raise the exception again, and
  /// ignite goes no further.
  public func onException(_ action: @escaping ExceptionAction) { exceptionActions.append(action) }

  /// Calls what waits for `event`, from the start or from where an interruption left it.
  func fire(_ event: Event) throws {
    var first = 0
    if let pending, pending.event == event { (first, self.pending) = (pending.handler, nil) }
    let number = event.countsEpochs ? state.epoch : state.iteration
    for (index, entry) in (actions[event] ?? []).enumerated().dropFirst(first)
    where entry.filter.accepts(number) {
      do { try entry.action(self) } catch let fault as Fault where fault.kind == .interrupted {
        pending = (event, index)
        throw fault
      }
    }
  }

  /// Ends the run after the iteration at work (ignite's `terminate`).
  public func terminate() {
    log("Terminate signaled. Engine will stop after current iteration is finished.")
    isTerminating = true
  }

  /// Ends the epoch after the iteration at work.
  public func terminateEpoch() {
    log(
      "Terminate current epoch is signaled. Current epoch iteration will stop after current "
        + "iteration is finished.")
    isTerminatingEpoch = true
  }

  // MARK: The loop

  /// Runs from where it stands to `state.maxEpochs`; throws `interrupted` where it was stopped.
  func runLoop() throws {
    guard state.epochLength > 0 else {
      throw Fault(
        .data, "there are no batches to run on", wanted: "at least one case",
        remedy: "check data_list_key and the list file")
    }
    let clock = ContinuousClock()
    let start = clock.now
    (isTerminating, isTerminatingEpoch, waited) = (false, false, .zero)
    log(
      "Engine run resuming from iteration \(state.iteration), epoch \(closedEpochs) "
        + "until \(state.maxEpochs) epochs")
    do {
      try fire(.started)
      while try openEpoch() {
        let epochStart = clock.now
        try runIterations()
        if iterationsDone < state.epochLength, !isTerminating, !isTerminatingEpoch { break }
        state.epochTime = clock.now - epochStart
        isTerminatingEpoch = false
        try fire(isTerminating ? .terminate : .epochCompleted)
        isEpochOpen = false
        state.epochTime = clock.now - epochStart
        log(
          "Epoch[\(state.epoch)] Complete. Time taken: \(ElapsedTime.clock(state.epochTime))")
        try reachSafePoint()
      }
      state.runTime = clock.now - start
      try fire(.completed)
      state.runTime = clock.now - start
      log("Engine run complete. Time taken: \(ElapsedTime.clock(state.runTime))")
    } catch let fault as Fault where fault.kind == .interrupted {
      throw fault
    } catch {
      log("Engine run is terminating due to exception: \(error.lineForLog)")
      // What is told is the first thing that went wrong, whatever else fails because of it.
      do { try exceptionActions.first?(self, error) } catch let second {
        note("nothing could be saved at this error: \(second.lineForLog)")
      }
      throw error
    }
  }

  /// Epochs that are over.
  var closedEpochs: Int { isEpochOpen ? state.epoch - 1 : state.epoch }

  private func openEpoch() throws -> Bool {
    if !isEpochOpen {
      if state.epoch >= state.maxEpochs || isTerminating || hasReachedIterationLimit {
        return false
      }
      state.epoch += 1
      (isEpochOpen, iterationsDone) = (true, 0)
      try fire(.epochStarted)
    }
    if pass == nil { pass = try makePass() }
    return true
  }

  private func runIterations() throws {
    do {
      if pending?.event == .iterationCompleted { try completeIteration() }
      while iterationsDone < state.epochLength, !hasReachedIterationLimit {
        (state.batch, state.output) = (.none, .none)
        isMidIteration = true
        try fire(.getBatchStarted)
        let batch = try nextBatch()
        try fire(.getBatchCompleted)
        state.iteration += 1
        iterationsDone += 1
        try fire(.iterationStarted)
        try iterate(batch)
        try completeIteration()
        if isTerminating || isTerminatingEpoch {
          try fire(.terminateSingleEpoch)
          pass = try makePass()
          break
        }
      }
    } catch let fault as Fault where fault.kind == .interrupted {
      throw fault
    } catch {
      log("Current run is terminating due to exception: \(error.lineForLog)")
      throw error
    }
  }

  private func completeIteration() throws {
    isMidIteration = false
    try fire(.iterationCompleted)
    try reachSafePoint()
  }

  private func nextBatch() throws -> Batch {
    let clock = ContinuousClock()
    let start = clock.now
    defer { waited += clock.now - start }
    do {
      if let batch = try pass?.next() { return batch }
      try fire(.dataLoaderStopIteration)
      pass = try makePass()
      if let batch = try pass?.next() { return batch }
    } catch {
      // Workers end at a failure; the next run takes the pass up again at the same batch.
      if let pass { passState = try pass.state() }
      pass = nil
      throw error
    }
    throw Fault(.data, "the data loader gives no batches", wanted: "\(source.batchCount)")
  }

  private func makePass() throws -> any BatchPass {
    guard let passState else { return try source.makePass(context) }
    let pass = try source.makePass(from: passState, context)
    // Whoever is stopped on the way back there takes it up again at the same place.
    self.passState = nil
    return pass
  }

  // MARK: Output

  func log(_ line: String) { context.output.write(line, to: .log) }
  func note(_ line: String) { context.output.write(line, to: .note) }

  /// The world as a function of the language may use it, with a budget of its own.
  var callContext: CallContext {
    CallContext(
      output: context.output, cancellation: context.cancellation, budget: StepBudget())
  }

  // MARK: As the language sees it

  public var attributeNames: [String] { ["state", "terminate", "terminate_epoch"] }

  public func attribute(_ name: String) throws -> Value? {
    switch name {
    case "state": return .object(state)
    case "terminate": return method(name) { $0.terminate() }
    case "terminate_epoch": return method(name) { $0.terminateEpoch() }
    default: return nil
    }
  }

  private func method(_ name: String, _ body: @escaping @Sendable (Workflow) -> Void) -> Value {
    .function(
      NativeFunction(name, effect: .action) { [weak self] _, _ in
        if let self { body(self) }
        return .none
      })
  }
}

extension Cancellation {
  /// Throws `interrupted` once a stop was asked for.
  func check() throws(Fault) {
    if isRequested { throw Fault(.interrupted, "interrupted") }
  }
}

extension Error {
  /// One line for the training log.
  var lineForLog: String { (self as? Fault)?.message ?? "\(self)" }
}
