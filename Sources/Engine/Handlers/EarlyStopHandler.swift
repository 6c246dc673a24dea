import Components

/// Ends a training when a score has not risen for a while (MONAI 0.8.1 `EarlyStopHandler` over
/// ignite 0.4.8 `EarlyStopping`).
public struct EarlyStopHandler: Buildable {
  public var patience = 1
  public var scoreFunction = FunctionArgument(NativeFunction("score_function") { _, _ in .none })
  public var trainer: Value = .none
  public var minDelta = 0.0
  public var cumulativeDelta = false
  public var epochLevel = true
  public var rank: Int?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "EarlyStopHandler", "Ends the training when a score has stopped rising.",
    .required("patience", \.patience, in: 1...Int.max, "Checks without a rise before it ends."),
    .required("score_function", \.scoreFunction, "The engine's score; higher is better."),
    .optional("trainer", \.trainer, "Ignored: the training the handler belongs to is ended."),
    .optional("min_delta", \.minDelta, in: 0.0..., "A rise of no more than this counts as none."),
    .optional(
      "cumulative_delta", \.cumulativeDelta, "Measure the rise from the last reset of patience."),
    .optional("epoch_level", \.epochLevel, "Check every epoch; False: every iteration."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public func build(_ context: RunContext) -> any Object { Live(self) }

  /// Invariant behind `@unchecked`: belongs to the thread that runs the workflow.
  final class Live: Handler, Stateful, @unchecked Sendable {
    private let arguments: EarlyStopHandler
    private var best: Double?
    private var waited = 0

    init(_ arguments: EarlyStopHandler) { self.arguments = arguments }

    var kind: String { "EarlyStopHandler" }
    var summary: String { "\(kind), waited \(waited) of \(arguments.patience)" }

    func attach(to workflow: Workflow) {
      workflow.on(arguments.epochLevel ? .epochCompleted : .iterationCompleted) { [weak self] in
        try self?.check($0)
      }
    }

    private func check(_ workflow: Workflow) throws {
      let result = try arguments.scoreFunction.function.call(
        Arguments([.object(workflow)]), workflow.callContext)
      guard let score = result.scalar else {
        throw Fault(
          .wrongType, "score_function gave no number", got: result.shortened, wanted: "float",
          argument: ["score_function"])
      }
      guard let best else {
        self.best = score
        return
      }
      // A score that is not a number is no rise.
      if score > best + arguments.minDelta {
        (self.best, waited) = (score, 0)
        return
      }
      if !arguments.cumulativeDelta, score > best { self.best = score }
      waited += 1
      if waited >= arguments.patience {
        workflow.log("EarlyStopping: Stop training")
        ((workflow as? SupervisedEvaluator)?.trainer ?? workflow).terminate()
      }
    }

    func state() -> StateValue {
      .dict(
        StateDictionary([
          ("counter", .int(waited)), ("best_score", best.map { .double($0) } ?? .none),
        ]))
    }

    func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
      let saved = try state.dictionary("EarlyStopHandler")
      waited = try saved.int("counter")
      if case .none = try saved.required("best_score") {
        best = nil
      } else {
        best = try saved.double("best_score")
      }
      return []
    }
  }
}
