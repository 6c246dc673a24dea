import Components

/// Runs an evaluator every few epochs or iterations of a training (MONAI 0.8.1
/// `ValidationHandler`).
public struct ValidationHandler: Buildable {
  public var interval = 1
  public var validator = Ref<Evaluators>.missing
  public var epochLevel = true
  public var rank: Int?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "ValidationHandler", "Validates every few epochs or iterations of a training.",
    .required("interval", \.interval, in: 1...Int.max, "Epochs or iterations between validations."),
    .required("validator", \.validator, "The evaluator to run."),
    .optional("epoch_level", \.epochLevel, "Count epochs; False: count iterations."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public func build(_ context: RunContext) -> any Object { Live(self) }

  final class Live: Handler {
    private let arguments: ValidationHandler

    init(_ arguments: ValidationHandler) { self.arguments = arguments }

    var kind: String { "ValidationHandler" }
    var summary: String {
      "\(kind), every \(arguments.interval) \(arguments.epochLevel ? "epochs" : "iterations")"
    }

    func attach(to workflow: Workflow) throws {
      guard let trainer = workflow as? SupervisedTrainer else {
        throw Fault(
          .invalid, "ValidationHandler belongs to a trainer", got: workflow.kind,
          wanted: "train.handlers")
      }
      let validator = arguments.validator.built
      validator.trainer = trainer
      trainer.validators.append(validator)
      if let folder = validator.checkpointFolder { trainer.useCheckpointFolder(folder) }
      trainer.on(
        arguments.epochLevel ? .epochCompleted : .iterationCompleted, .every(arguments.interval)
      ) { [arguments] in
        guard ($0 as? SupervisedTrainer)?.validates ?? true else { return }
        try Self.validate(validator, during: $0, epochLevel: arguments.epochLevel)
      }
    }

    private static func validate(
      _ validator: SupervisedEvaluator, during trainer: Workflow, epochLevel: Bool
    ) throws {
      // A validation that was stopped is run again as a whole, from the same random numbers.
      let generator = trainer.context.generator.state
      do {
        try validator.run(globalEpoch: trainer.state.epoch)
      } catch let fault as Fault where fault.kind == .interrupted {
        trainer.context.generator.state = generator
        throw fault
      }
      let (position, axis) =
        epochLevel
        ? (trainer.state.epoch, History.Axis.epoch) : (trainer.state.iteration, .iteration)
      for (name, value) in validator.state.metrics {
        trainer.history.record(name, value, at: position, axis)
      }
    }
  }
}
