import Components

/// Writes each iteration's output and each epoch's metrics for TensorBoard (MONAI 0.8.1
/// `TensorBoardStatsHandler`).
///
/// Iterations go under `tag_name` at the number of the iteration, metrics under their names at the
/// number of the epoch.
public struct TensorBoardStatsHandler: Buildable {
  public var summaryWriter: Value = .none
  public var logDir = PathArgument("./runs")
  public var epochEventWriter: Value = .none
  public var epochInterval = 1
  public var iterationEventWriter: Value = .none
  public var iterationInterval = 1
  public var outputTransform: FunctionArgument?
  public var globalEpochTransform: FunctionArgument?
  public var stateAttributes: [String]?
  public var tagName = "Loss"
  public var rank: Int?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "TensorBoardStatsHandler", "Writes losses and metrics for TensorBoard.",
    .optional("summary_writer", \.summaryWriter, "Not supported: log_dir says where to write."),
    .optional("log_dir", \.logDir, "Folder of the event file."),
    .optional("epoch_event_writer", \.epochEventWriter, "Not supported."),
    .optional("epoch_interval", \.epochInterval, in: 1..., "Epochs between writes of metrics."),
    .optional("iteration_event_writer", \.iterationEventWriter, "Not supported."),
    .optional("iteration_interval", \.iterationInterval, in: 1..., "Iterations between writes."),
    .optional(
      "output_transform", \.outputTransform,
      "Makes a number, or a dict of numbers, of the output; None writes nothing. Default: the first "
        + "item."),
    .optional("global_epoch_transform", \.globalEpochTransform, "Makes the epoch to write at."),
    .optional(
      "state_attributes", \.stateAttributes, "Numbers of engine.state to write each epoch."),
    .optional("tag_name", \.tagName, "The tag of a number that comes without one."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public func validate() throws(Fault) {
    let unsupported = [
      ("summary_writer", summaryWriter), ("epoch_event_writer", epochEventWriter),
      ("iteration_event_writer", iterationEventWriter),
    ]
    for (name, value) in unsupported {
      if case .none = value { continue }
      throw .refused(name, of: "TensorBoardStatsHandler")
    }
  }

  public func build(_ context: RunContext) -> any Object { Live(self) }

  final class Live: Handler {
    private let arguments: TensorBoardStatsHandler
    private let writer: EventWriter

    init(_ arguments: TensorBoardStatsHandler) {
      self.arguments = arguments
      writer = EventWriter.shared(for: arguments.logDir.path)
    }

    var kind: String { "TensorBoardStatsHandler" }
    var summary: String { "\(kind) into \(arguments.logDir.path)" }

    func attach(to workflow: Workflow) {
      workflow.on(.iterationCompleted, .every(arguments.iterationInterval)) { [self] in
        try writeIteration($0)
      }
      workflow.on(.epochCompleted, .every(arguments.epochInterval)) { [self] in
        try writeEpoch($0)
      }
    }

    private func writeIteration(_ workflow: Workflow) throws {
      let transform = OutputTransform(function: arguments.outputTransform)
      let output = LoggedOutput(try transform(workflow), tag: arguments.tagName)
      for (tag, value) in output.numbers {
        try writer.add(tag, Float(value), step: workflow.state.iteration)
      }
    }

    private func writeEpoch(_ workflow: Workflow) throws {
      let epoch = try arguments.globalEpochTransform.epoch(workflow)
      for (name, value) in workflow.state.metrics {
        try writer.add(name, Float(value), step: epoch)
      }
      for name in arguments.stateAttributes ?? [] {
        guard let number = workflow.state.attribute(name)?.scalar else {
          throw Fault(
            .wrongType, "\(name) of engine.state is no number", wanted: "int or float",
            suggestion: Spelling.nearest(to: name, among: workflow.state.attributeNames),
            argument: ["state_attributes"])
        }
        try writer.add(name, Float(number), step: epoch)
      }
    }
  }
}
