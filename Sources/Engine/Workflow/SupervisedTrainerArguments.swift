import Components

/// Trains a network on batches of image and label: a config's `SupervisedTrainer`.
///
/// Source: `monai.engines.SupervisedTrainer` 0.8.1.
public struct SupervisedTrainerArguments: Buildable {
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
  public var trainHandlers: [Ref<Handlers>]?
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
    .optional("amp", \.amp, "Compute in bfloat16 where that is safe and the processor can."),
    .optional("event_names", \.eventNames, "Not supported."),
    .optional("event_to_attr", \.eventToAttr, "Not supported."),
    .optional("decollate", \.decollate, "Split batch and output into items after the step."),
    .optional("optim_set_to_none", \.optimSetToNone, "Ignored: it changes no result."))

  public func validate() throws(Fault) {
    try Workflow.Options.refuse(
      [
        ("prepare_batch", prepareBatch), ("iteration_update", iterationUpdate),
        ("event_names", eventNames), ("event_to_attr", eventToAttr),
      ], of: "SupervisedTrainer")
    try Workflow.Options.checkLength(epochLength)
  }

  public func build(_ context: RunContext) throws -> any Object {
    context.noteDevice(device)
    var options = try Workflow.Options(
      metrics: (keyTrainMetric, additionalMetrics), isBetter: metricCmpFn, context: context)
    options.epochLength = epochLength
    options.postprocessing = postprocessing?.built
    options.decollates = decollate
    options.precision = try context.precision(amp: amp)
    return try SupervisedTrainer(
      source: trainDataLoader.built, network: network.built, optimizer: optimizer.built,
      loss: lossFunction.built, inferer: inferer?.built, maxEpochs: maxEpochs,
      options: options, handlers: (trainHandlers ?? []).map(\.built), context: context)
  }
}
