import Components

/// Steps a learning-rate scheduler after every epoch or iteration (MONAI 0.8.1
/// `LrScheduleHandler`).
public struct LrScheduleHandler: Buildable {
  public var lrScheduler = Ref<Schedulers>.missing
  public var printLr = true
  public var name: String?
  public var epochLevel = true
  public var stepTransform: FunctionArgument?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "LrScheduleHandler", "Steps the learning-rate scheduler after every epoch or iteration.",
    .required("lr_scheduler", \.lrScheduler, "The scheduler to step."),
    .optional("print_lr", \.printLr, "Log the learning rate after each step."),
    .optional("name", \.name, "Name of a Python logger; all lines go to one log here."),
    .optional("epoch_level", \.epochLevel, "Step every epoch; False: every iteration."),
    .optional("step_transform", \.stepTransform, "Not supported: step() takes no arguments."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public var rank: Int?

  public func validate() throws(Fault) {
    if stepTransform != nil { throw .refused("step_transform", of: "LrScheduleHandler") }
  }

  public func build(_ context: RunContext) -> any Object { Live(self) }

  final class Live: Handler, Stateful {
    private let arguments: LrScheduleHandler

    init(_ arguments: LrScheduleHandler) { self.arguments = arguments }

    var kind: String { "LrScheduleHandler" }
    var summary: String { "\(kind) of \(arguments.lrScheduler.built.kind)" }

    func attach(to workflow: Workflow) {
      workflow.on(arguments.epochLevel ? .epochCompleted : .iterationCompleted) { [arguments] in
        let scheduler = arguments.lrScheduler.built
        scheduler.step()
        if arguments.printLr, let rate = scheduler.lastLearningRates.first {
          $0.log("Current learning rate: \(PythonNumber.text(of: rate))")
        }
      }
    }

    func state() throws -> StateValue { try arguments.lrScheduler.built.state() }

    func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
      try arguments.lrScheduler.built.adopt(state, strict: strict)
    }
  }
}
