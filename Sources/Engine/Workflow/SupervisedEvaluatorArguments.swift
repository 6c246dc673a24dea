import Components

/// Runs a network over the validation data: a config's `SupervisedEvaluator`.
///
/// Source: `monai.engines.SupervisedEvaluator` 0.8.1.
public struct SupervisedEvaluatorArguments: Buildable {
  public enum Mode: String, ChoiceArgument { case eval, train }

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
  public var valHandlers: [Ref<Handlers>]?
  public var amp = false
  public var mode = Mode.eval
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
    .optional("amp", \.amp, "Compute in bfloat16 where that is safe and the processor can."),
    .optional("mode", \.mode, "Batch norm and dropout as in evaluation, or as in training."),
    .optional("event_names", \.eventNames, "Not supported."),
    .optional("event_to_attr", \.eventToAttr, "Not supported."),
    .optional("decollate", \.decollate, "Split batch and output into items after the network."))

  public func validate() throws(Fault) {
    try Workflow.Options.refuse(
      [
        ("prepare_batch", prepareBatch), ("iteration_update", iterationUpdate),
        ("event_names", eventNames), ("event_to_attr", eventToAttr),
      ], of: "SupervisedEvaluator")
    try Workflow.Options.checkLength(epochLength)
  }

  public func build(_ context: RunContext) throws -> any Object {
    context.noteDevice(device)
    var options = try Workflow.Options(
      metrics: (keyValMetric, additionalMetrics), isBetter: metricCmpFn, context: context)
    options.epochLength = epochLength
    options.postprocessing = postprocessing?.built
    options.decollates = decollate
    options.precision = try context.precision(amp: amp)
    return try SupervisedEvaluator(
      source: valDataLoader.built, network: network.built, inferer: inferer?.built,
      usesTrainingMode: mode == .train, options: options,
      handlers: (valHandlers ?? []).map(\.built), context: context)
  }
}
