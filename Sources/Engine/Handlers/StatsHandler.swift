import Components

/// Logs each iteration's output and each epoch's metrics, line for line as MONAI 0.8.1's
/// `StatsHandler` does.
public struct StatsHandler: Buildable {
  public var epochPrintLogger: FunctionArgument?
  public var iterationPrintLogger: FunctionArgument?
  public var outputTransform: FunctionArgument?
  public var globalEpochTransform: FunctionArgument?
  public var stateAttributes: [String]?
  public var name: String?
  public var tagName = "Loss"
  public var keyVarFormat = KeyValueFormat()
  public var rank: Int?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "StatsHandler", "Logs each iteration's output and each epoch's metrics.",
    .optional(
      "epoch_print_logger", \.epochPrintLogger, "Called each epoch instead, with the engine."),
    .optional(
      "iteration_print_logger", \.iterationPrintLogger,
      "Called each iteration instead, with the engine."),
    .optional(
      "output_transform", \.outputTransform,
      "Makes a number, or a dict of numbers, of the output; None logs nothing. Default: the first "
        + "item."),
    .optional("global_epoch_transform", \.globalEpochTransform, "Makes the epoch that is shown."),
    .optional(
      "state_attributes", \.stateAttributes, "Attributes of engine.state to log each epoch."),
    .optional("name", \.name, "Name of a Python logger; all lines go to one log here."),
    .optional("tag_name", \.tagName, "The name of a number that comes without one."),
    .optional("key_var_format", \.keyVarFormat, "How a name and its value are written."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public func build(_ context: RunContext) -> any Object { Live(self) }

  /// Invariant behind `@unchecked`: belongs to the thread that runs the workflow.
  final class Live: Handler, @unchecked Sendable {
    private let arguments: StatsHandler
    private var warned: Set<String> = []

    init(_ arguments: StatsHandler) { self.arguments = arguments }

    var kind: String { "StatsHandler" }
    var summary: String { "\(kind), tag \(arguments.tagName)" }

    func attach(to workflow: Workflow) {
      workflow.on(.iterationCompleted) { [self] in
        try call(arguments.iterationPrintLogger, with: $0, otherwise: logIteration)
      }
      workflow.on(.epochCompleted) { [self] in
        try call(arguments.epochPrintLogger, with: $0, otherwise: logEpoch)
      }
      workflow.onException { $0.log("Exception: \($1.lineForLog)") }
    }

    private func call(
      _ function: FunctionArgument?, with workflow: Workflow,
      otherwise standard: (Workflow) throws -> Void
    ) throws {
      guard let function else { return try standard(workflow) }
      _ = try function.function.call(Arguments([.object(workflow)]), workflow.callContext)
    }

    private func logIteration(_ workflow: Workflow) throws {
      let transform = OutputTransform(function: arguments.outputTransform)
      let output = LoggedOutput(try transform(workflow), tag: arguments.tagName)
      for name in output.ignored
      where arguments.outputTransform != nil && warned.insert(name).inserted {
        workflow.note("StatsHandler does not log \(name): it is not a single number")
      }
      guard !output.numbers.isEmpty else { return }
      let state = workflow.state
      let iteration = (state.iteration - 1) % state.epochLength + 1
      workflow.log(
        "Epoch: \(state.epoch)/\(state.maxEpochs), Iter: \(iteration)/\(state.epochLength) -- "
          + arguments.keyVarFormat.text(output.numbers))
    }

    private func logEpoch(_ workflow: Workflow) throws {
      let state = workflow.state
      if !state.metrics.isEmpty {
        let epoch = try arguments.globalEpochTransform.epoch(workflow)
        let metrics = state.metrics.sorted { $0.name < $1.name }
        workflow.log("Epoch[\(epoch)] Metrics -- " + arguments.keyVarFormat.text(metrics))
      }
      let best = state.bestMetricEpoch < 0 ? "-1" : PythonNumber.text(of: state.bestMetric)
      workflow.log(
        "Key metric: \(state.keyMetricName ?? "None") best value: \(best) "
          + "at epoch: \(state.bestMetricEpoch)")
      guard let attributes = arguments.stateAttributes, !attributes.isEmpty else { return }
      let values = attributes.map { "\($0): \((state.attribute($0) ?? .none).asText) " }
      workflow.log("State values: " + values.joined())
    }
  }
}

extension Value {
  /// Python's `str`: a text without its quotes.
  fileprivate var asText: String {
    if case .string(let text) = self { text } else { description }
  }
}
