import Components

/// Trains a network on batches of `image` and `label` (MONAI 0.8.1 `SupervisedTrainer`).
///
/// An iteration: gradients to zero, forward through the inferer, loss, backward, optimizer step, then
/// post transforms on each item. The trainer keeps epoch, iteration and the pass over the data, so a
/// second `run` goes on where the first stopped.
///
/// Invariant behind `@unchecked`: `Workflow`'s.
public final class SupervisedTrainer: Workflow, @unchecked Sendable {
  public let network: any Network
  public let optimizer: any Optimizer
  let loss: any Loss
  let inferer: (any Inferer)?
  let handlers: [any Handler]
  /// `max_epochs` of the configuration.
  public let configuredEpochs: Int
  /// Evaluators that handlers of this trainer run, in order.
  var validators: [SupervisedEvaluator] = []
  /// Where the state for `--resume` is written; by default `run_state.pt` beside the checkpoints.
  public var stateFile: String?
  /// Whether validations that are due take place in this run.
  var validates = true
  /// Set by whatever wrote a checkpoint: the state is saved at the next safe point.
  var wantsStateSaved = false
  /// Whether COMPLETED has come after the last iteration; a kill may have been in between.
  var hasCompleted = true
  /// Set while another training has the streams.
  var leftStreams: LeftStreams?
  /// Wall time of all runs of this training.
  var totalTime = Duration.zero

  /// Leaves the loss's gradients in the parameters; tests of the loop put their own in its place.
  var differentiate: (Tensor) throws -> Void = { try backward($0) }

  private var iterationLimit: Int?
  private var settled: SettledPoint?
  private var progress: ProgressLine?

  init(
    source: any BatchSource, network: any Network, optimizer: any Optimizer, loss: any Loss,
    inferer: (any Inferer)? = nil, maxEpochs: Int, options: Options = Options(),
    handlers: [any Handler] = [], context: RunContext
  ) throws {
    (self.network, self.optimizer, self.loss) = (network, optimizer, loss)
    (self.inferer, self.handlers, configuredEpochs) = (inferer, handlers, maxEpochs)
    try super.init(
      source: source, maxEpochs: maxEpochs, options: options, handlers: handlers, context: context)
  }

  public override var kind: String { "SupervisedTrainer" }

  // MARK: Running

  /// Trains on: `epochs` more, or `iterations` more, or up to `max_epochs` when neither is given.
  ///
  /// A request to stop is obeyed after the iteration at work: the state is saved and the run says it
  /// was interrupted. Errors reach the first handler that waits for them and are thrown on.
  ///
  /// - Parameter variation: what this run does otherwise than the configuration says.
  @discardableResult
  public func run(
    epochs: Int? = nil, iterations: Int? = nil, varying variation: RunVariation = RunVariation()
  ) throws -> Run {
    validates = variation.validates
    defer { validates = true }
    guard variation.isApart else { return try run(epochs: epochs, iterations: iterations) }
    return try apart(variation) { try run(epochs: epochs, iterations: iterations) }
  }

  private func run(epochs: Int?, iterations: Int?) throws -> Run {
    let start = RunStart(self)
    setGoal(epochs: epochs, iterations: iterations)
    guard state.epoch < state.maxEpochs || isEpochOpen || !hasCompleted else {
      note(
        "at epoch \(state.epoch) of \(configuredEpochs); train(epochs=10) trains 10 more")
      return start.finish(self, isInterrupted: false)
    }
    progress = ProgressLine(context)
    try prepareStateFolder()
    try settle()
    var isInterrupted = false
    do {
      defer {
        progress?.clear()
        totalTime += start.elapsed
      }
      try runLoop()
      hasCompleted = true
    } catch let fault as Fault where fault.kind == .interrupted {
      isInterrupted = true
      try stopCleanly()
    }
    if !isInterrupted, stateFile != nil { try saveState() }
    return start.finish(self, isInterrupted: isInterrupted)
  }

  private func setGoal(epochs: Int?, iterations: Int?) {
    state.maxEpochs = epochs.map { closedEpochs + $0 } ?? configuredEpochs
    iterationLimit = iterations.map { state.iteration + $0 }
    if epochs == nil, let iterations {
      let needed = iterationsDoneInOpenEpoch + iterations
      let wholeEpochs = (needed + state.epochLength - 1) / max(state.epochLength, 1)
      state.maxEpochs = max(configuredEpochs, closedEpochs + wholeEpochs)
    }
  }

  private var iterationsDoneInOpenEpoch: Int { isEpochOpen ? iterationsDone : 0 }

  /// Iterations until this run ends.
  private var iterationsLeft: Int {
    let untilEpochs =
      (state.maxEpochs - closedEpochs) * state.epochLength - iterationsDoneInOpenEpoch
    return iterationLimit.map { min($0 - state.iteration, untilEpochs) } ?? untilEpochs
  }

  override var hasReachedIterationLimit: Bool {
    iterationLimit.map { state.iteration >= $0 } ?? false
  }

  override func reachSafePoint() throws {
    try settle()
    if wantsStateSaved { try saveState() }
    try context.cancellation.check()
  }

  // MARK: One iteration

  override func iterate(_ batch: Batch) throws {
    let (image, label) = try Self.pair(batch)
    state.batch = .batch(Sample(tensors: batch.tensors))
    let prediction = try predict(image)
    var output: [(key: String, tensor: Tensor)] = [
      ("image", image), ("label", label), ("pred", prediction),
    ]
    state.output = .batch(Sample(tensors: output))
    try fire(.forwardCompleted)
    let lossTensor = try measure(prediction, label, batch)
    let lossValue = lossTensor.scalarValue()
    output.append(("loss", lossTensor))
    state.output = .batch(Sample(tensors: output))
    try fire(.lossCompleted)
    let learningRate = optimizer.groups.first?.learningRate ?? 0
    guard lossValue.isFinite else {
      if let fault = batch.notFinite("image") ?? batch.notFinite("label") { throw fault }
      throw lossFault(lossValue, learningRate).noting(filesOf: batch)
    }
    try differentiate(lossTensor)
    try fire(.backwardCompleted)
    try optimizer.step()
    (isMidIteration, hasCompleted) = (false, false)
    history.record("train_loss", lossValue, at: state.iteration, .iteration)
    history.record("lr", learningRate, at: state.iteration, .iteration)
    try completeModel(batch, prediction: prediction.detached, loss: lossValue)
    showProgress(loss: lossValue, learningRate: learningRate, items: image.shape.first ?? 1)
  }

  static func pair(_ batch: Batch) throws -> (image: Tensor, label: Tensor) {
    guard let image = batch.tensors["image"] else { throw batch.missing("image") }
    guard let label = batch.tensors["label"] else { throw batch.missing("label") }
    return (image, label)
  }

  /// The prediction, recorded for the backward pass; gradients of the step before are gone.
  func predict(_ image: Tensor) throws -> Tensor {
    optimizer.zeroGradients()
    let mode = ForwardMode(
      isTraining: true, recordsGradients: true, precision: options.precision)
    guard let inferer else { return try network.forward(image, mode) }
    return try inferer.infer(image) { try network.forward($0, mode) }
  }

  func measure(_ prediction: Tensor, _ label: Tensor, _ batch: Batch) throws -> Tensor {
    let measured: Tensor
    do { measured = try loss(prediction, label) } catch let fault as Fault {
      throw fault.noting(filesOf: batch)
    }
    guard measured.count == 1 else {
      throw Fault(
        .shape, "the loss is no single number", got: "\(measured.shape)", wanted: "[]",
        remedy: "train.loss.reduction = 'mean'")
    }
    return measured
  }

  /// Weights are still those of the iteration before: nothing was updated with such a loss.
  private func lossFault(_ value: Double, _ learningRate: Double) -> Fault {
    Fault(
      .numeric, "the loss is \(value) at iteration \(state.iteration) (epoch \(state.epoch))",
      got: "\(value)", wanted: "a finite number",
      remedy: "train.optimizer.lr = \(learningRate / 10)",
      notes: [
        "the learning rate was \(learningRate); the weights are those before this iteration"
      ])
  }

  private func showProgress(loss: Double, learningRate: Double, items: Int) {
    progress?.trained(
      TrainingProgress(
        epoch: state.epoch, epochs: state.maxEpochs, iteration: iterationsDone,
        iterations: state.epochLength, loss: loss, learningRate: learningRate, items: items,
        waited: waited, iterationsLeft: iterationsLeft))
  }

  // MARK: Stopping

  /// Counters, pass and generator after the last iteration that is whole.
  private struct SettledPoint {
    var iteration: Int
    var pass: StateValue?
    var generator: TorchGenerator.State
  }

  private func settle() throws {
    settled = SettledPoint(
      iteration: state.iteration, pass: try pass?.state() ?? passState,
      generator: context.generator.state)
  }

  /// Goes back to the last whole iteration, tells the handlers, and saves the state.
  private func stopCleanly() throws {
    if isMidIteration, let settled {
      // An epoch may have begun since then, so what is taken back is counted.
      iterationsDone -= state.iteration - settled.iteration
      state.iteration = settled.iteration
      context.generator.state = settled.generator
      (passState, pass) = (settled.pass, nil)
      isMidIteration = false
    } else if let pass {
      // Workers that met the request to stop have stopped.
      (passState, self.pass) = (try pass.state(), nil)
    }
    try fire(.interrupt)
    if stateFile != nil { try saveState() }
    note(
      "interrupted after iteration \(state.iteration) (epoch \(state.epoch) of "
        + "\(state.maxEpochs))" + (stateFile.map { "; state saved in \($0)" } ?? ""))
  }
}
