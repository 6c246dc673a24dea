import Components

extension SupervisedTrainer {
  /// The arguments of a `SupervisedTrainer` in a config.
  public struct Configuration: Buildable {
    public var maxEpochs = 1
    public var trainDataLoader = Ref<DataLoaders>.missing
    public var network = Ref<Networks>.missing
    public var optimizer = Ref<Optimizers>.missing
    public var lossFunction = Ref<Losses>.missing
    public var device: Value = .none
    public var epochLength: Int?
    public var nonBlocking = false
    public var prepareBatch: Value = .none
    public var iterationUpdate: Value = .none
    public var inferer: Ref<Inferers>?
    public var postprocessing: Ref<Transforms>?
    public var keyTrainMetric: Named<Ref<Metrics>>?
    public var additionalMetrics: Named<Ref<Metrics>>?
    public var metricCmpFn: FunctionArgument?
    public var trainHandlers: [Ref<Handlers>] = []
    public var amp = false
    public var eventNames: Value = .none
    public var eventToAttr: Value = .none
    public var decollate = true
    public var optimSetToNone = false

    public init() {}

    public static var kind: ComponentKind { .trainer }
    public static let schema = Schema<Self>(
      "SupervisedTrainer", "Trains a network on batches of image and label.",
      .required("max_epochs", \.maxEpochs, in: 1...Int.max, "Epochs to train in all."),
      .required("train_data_loader", \.trainDataLoader, "Where the batches come from."),
      .required("network", \.network, "The network to train."),
      .required("optimizer", \.optimizer, "Changes the network's weights by their gradients."),
      .required("loss_function", \.lossFunction, "What the prediction is held against the label by."),
      .optional("device", \.device, "Everything runs on the CPU; others are noted and ignored."),
      .optional("epoch_length", \.epochLength, "Iterations of an epoch; default all batches."),
      .optional("non_blocking", \.nonBlocking, "Ignored: there is no copy to a device."),
      .optional("prepare_batch", \.prepareBatch, "Not supported: image and label are taken."),
      .optional("iteration_update", \.iterationUpdate, "Not supported."),
      .optional("inferer", \.inferer, "How the network is applied; default in one go."),
      .optional("postprocessing", \.postprocessing, "Transforms of each item after the step."),
      .optional("key_train_metric", \.keyTrainMetric, "The metric that decides which is best."),
      .optional("additional_metrics", \.additionalMetrics, "More metrics to compute."),
      .optional("metric_cmp_fn", \.metricCmpFn, "Is the first value better? Default: greater."),
      .optional("train_handlers", \.trainHandlers, "Handlers, in the order they act."),
      .optional("amp", \.amp, "Compute in bfloat16 where that is safe."),
      .optional("event_names", \.eventNames, "Not supported."),
      .optional("event_to_attr", \.eventToAttr, "Not supported."),
      .optional("decollate", \.decollate, "Split batch and output into items after the step."),
      .optional("optim_set_to_none", \.optimSetToNone, "Ignored: it changes no result."))

    public func validate() throws(Fault) {
      try refuse(
        [
          ("prepare_batch", prepareBatch), ("iteration_update", iterationUpdate),
          ("event_names", eventNames), ("event_to_attr", eventToAttr),
        ], of: "SupervisedTrainer")
      try checkLength(epochLength)
    }

    public func build(_ context: RunContext) throws -> any Object {
      context.noteDevice(device)
      var options = Workflow.Options(
        metrics: (keyTrainMetric, additionalMetrics), isBetter: metricCmpFn, context: context)
      options.epochLength = epochLength
      options.postprocessing = postprocessing?.built
      options.decollates = decollate
      options.precision = amp ? .bfloat16 : .float32
      return try SupervisedTrainer(
        source: trainDataLoader.built, network: network.built, optimizer: optimizer.built,
        loss: lossFunction.built, inferer: inferer?.built, maxEpochs: maxEpochs,
        options: options, handlers: trainHandlers.map(\.built), context: context)
    }
  }
}

extension SupervisedEvaluator {
  /// The arguments of a `SupervisedEvaluator` in a config.
  public struct Configuration: Buildable {
    enum Mode: String, ChoiceArgument { case eval, train }

    public var valDataLoader = Ref<DataLoaders>.missing
    public var network = Ref<Networks>.missing
    public var device: Value = .none
    public var epochLength: Int?
    public var nonBlocking = false
    public var prepareBatch: Value = .none
    public var iterationUpdate: Value = .none
    public var inferer: Ref<Inferers>?
    public var postprocessing: Ref<Transforms>?
    public var keyValMetric: Named<Ref<Metrics>>?
    public var additionalMetrics: Named<Ref<Metrics>>?
    public var metricCmpFn: FunctionArgument?
    public var valHandlers: [Ref<Handlers>] = []
    public var amp = false
    var mode = Mode.eval
    public var eventNames: Value = .none
    public var eventToAttr: Value = .none
    public var decollate = true

    public init() {}

    public static var kind: ComponentKind { .evaluator }
    public static let schema = Schema<Self>(
      "SupervisedEvaluator", "Runs a network over the validation data and computes metrics.",
      .required("val_data_loader", \.valDataLoader, "Where the batches come from."),
      .required("network", \.network, "The network to evaluate."),
      .optional("device", \.device, "Everything runs on the CPU; others are noted and ignored."),
      .optional("epoch_length", \.epochLength, "Batches to run; default all."),
      .optional("non_blocking", \.nonBlocking, "Ignored: there is no copy to a device."),
      .optional("prepare_batch", \.prepareBatch, "Not supported: image and label are taken."),
      .optional("iteration_update", \.iterationUpdate, "Not supported."),
      .optional("inferer", \.inferer, "How the network is applied; default in one go."),
      .optional("postprocessing", \.postprocessing, "Transforms of each item after the network."),
      .optional("key_val_metric", \.keyValMetric, "The metric that decides which is best."),
      .optional("additional_metrics", \.additionalMetrics, "More metrics to compute."),
      .optional("metric_cmp_fn", \.metricCmpFn, "Is the first value better? Default: greater."),
      .optional("val_handlers", \.valHandlers, "Handlers, in the order they act."),
      .optional("amp", \.amp, "Compute in bfloat16 where that is safe."),
      .optional("mode", \.mode, "Batch norm and dropout as in evaluation, or as in training."),
      .optional("event_names", \.eventNames, "Not supported."),
      .optional("event_to_attr", \.eventToAttr, "Not supported."),
      .optional("decollate", \.decollate, "Split batch and output into items after the network."))

    public func validate() throws(Fault) {
      try refuse(
        [
          ("prepare_batch", prepareBatch), ("iteration_update", iterationUpdate),
          ("event_names", eventNames), ("event_to_attr", eventToAttr),
        ], of: "SupervisedEvaluator")
      try checkLength(epochLength)
    }

    public func build(_ context: RunContext) throws -> any Object {
      context.noteDevice(device)
      var options = Workflow.Options(
        metrics: (keyValMetric, additionalMetrics), isBetter: metricCmpFn, context: context)
      options.epochLength = epochLength
      options.postprocessing = postprocessing?.built
      options.decollates = decollate
      options.precision = amp ? .bfloat16 : .float32
      return try SupervisedEvaluator(
        source: valDataLoader.built, network: network.built, inferer: inferer?.built,
        usesTrainingMode: mode == .train, options: options,
        handlers: valHandlers.map(\.built), context: context)
    }
  }
}

private func refuse(_ arguments: [(String, Value)], of component: String) throws(Fault) {
  for (name, value) in arguments {
    if case .none = value { continue }
    throw .refused(name, of: component)
  }
}

private func checkLength(_ length: Int?) throws(Fault) {
  if let length, length < 1 {
    throw Fault(
      .outOfRange, "epoch_length is out of range", got: "\(length)", wanted: "≥ 1 or None",
      argument: ["epoch_length"])
  }
}

extension Workflow.Options {
  fileprivate init(
    metrics: (key: Named<Ref<Metrics>>?, additional: Named<Ref<Metrics>>?),
    isBetter: FunctionArgument?, context: RunContext
  ) {
    self.init()
    let key = metrics.key?.entries.map { ($0.name, $0.value.built) } ?? []
    let additional = metrics.additional?.entries.map { ($0.name, $0.value.built) } ?? []
    // MONAI attaches no metric at all without a key metric.
    self.metrics = key.isEmpty ? [] : key + additional
    hasKeyMetric = !key.isEmpty
    guard let function = isBetter?.function else { return }
    self.isBetter = { current, best in
      try function.call(
        Arguments([.double(current), .double(best)]),
        CallContext(
          output: context.output, cancellation: context.cancellation, budget: StepBudget())
      ).isTruthy
    }
  }
}

extension RunContext {
  fileprivate func noteDevice(_ device: Value) {
    if case .string(let name) = device, name != "cpu" {
      noteOnce("device \(name.quoted): there is none here, everything runs on the CPU")
    }
  }
}
