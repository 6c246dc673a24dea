import Components

/// Runs a network over the validation data and computes metrics (MONAI 0.8.1
/// `SupervisedEvaluator`).
///
/// Inside a training it runs at the trainer's epoch; best value and epoch last from run to run.
///
/// Invariant behind `@unchecked`: `Workflow`'s.
public final class SupervisedEvaluator: Workflow, @unchecked Sendable {
  public let network: any Network
  let inferer: (any Inferer)?
  let handlers: [any Handler]
  /// Batch statistics and dropout as in training; MONAI's `mode: train`.
  let usesTrainingMode: Bool
  /// The trainer whose epochs this evaluator runs at.
  weak var trainer: SupervisedTrainer?
  private var progress: ProgressLine?
  /// Of the pass at work or done last; nil where predictions or labels are no maps of classes.
  private(set) var confusion: Confusion? = Confusion()

  init(
    source: any BatchSource, network: any Network, inferer: (any Inferer)? = nil,
    usesTrainingMode: Bool = false, options: Options = Options(), handlers: [any Handler] = [],
    context: RunContext
  ) throws {
    (self.network, self.inferer, self.handlers) = (network, inferer, handlers)
    self.usesTrainingMode = usesTrainingMode
    try super.init(
      source: source, maxEpochs: 1, options: options, handlers: handlers, context: context)
    on(.epochStarted) { [unowned self] _ in confusion = Confusion() }
    on(.iterationCompleted) { [unowned self] _ in count(state.output.samples) }
  }

  public override var kind: String { "SupervisedEvaluator" }

  /// A look at how good the network is: one pass over the data, or over `other` batches.
  ///
  /// The best value so far stays what it is unless models are saved by it.
  /// - Parameters:
  ///   - globalEpoch: the epoch that files and curves say.
  ///   - savesModels: whether a `CheckpointSaver` may write the model if it is the best.
  public func run(
    globalEpoch: Int, on other: (any BatchSource)? = nil, savesModels: Bool
  ) throws -> Run {
    let own = source
    let best = best
    self.savesModels = savesModels
    if let other { takeBatches(from: other) }
    defer {
      self.savesModels = true
      if other != nil { takeBatches(from: own) }
      if !savesModels || other != nil { self.best = best }
    }
    return try run(globalEpoch: globalEpoch)
  }

  /// One pass over the data; throws `interrupted` when it was stopped, and then counts as not run.
  @discardableResult
  public func run(globalEpoch: Int = 1) throws -> Run {
    let start = RunStart(self)
    (state.maxEpochs, state.epoch, state.iteration) = (globalEpoch, globalEpoch - 1, 0)
    (pass, passState, isEpochOpen, pending) = (nil, nil, false, nil)
    history = History()
    progress = ProgressLine(context)
    defer { progress?.clear() }
    try runLoop()
    pass = nil
    return start.finish(self)
  }

  private func count(_ outputs: [Sample]) {
    guard case .items = state.output else { return confusion = nil }
    for output in outputs {
      guard let prediction = output.tensor("pred"), let label = output.tensor("label") else {
        return confusion = nil
      }
      do throws(Fault) { try confusion?.add(prediction: prediction, label: label) } catch {
        // Not every validation is one of classes; the metrics say what is wrong with its numbers.
        confusion = nil
      }
    }
  }

  override func iterate(_ batch: Batch) throws {
    guard let image = batch.tensors["image"] else { throw batch.missing("image") }
    state.batch = .batch(Sample(tensors: batch.tensors))
    if let fault = batch.notFinite("image") { context.noteNotFinite(fault.notes) }
    let mode = ForwardMode(
      isTraining: usesTrainingMode, recordsGradients: false, precision: options.precision)
    let prediction =
      try inferer?.infer(image) { try network.forward($0, mode) }
      ?? network.forward(image, mode)
    var output: [(key: String, tensor: Tensor)] = [("image", image)]
    if let label = batch.tensors["label"] { output.append(("label", label)) }
    output.append(("pred", prediction))
    state.output = .batch(Sample(tensors: output))
    try fire(.forwardCompleted)
    try completeModel(batch, prediction: prediction, loss: nil)
    progress?.validated(
      iteration: iterationsDone, of: state.epochLength, items: image.shape.first ?? 1)
  }
}
