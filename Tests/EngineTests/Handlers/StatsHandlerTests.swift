import Components
import Testing

@testable import Engine

@Suite struct StatsHandlerTests {
  static func training(_ change: (inout StatsHandler) throws -> Void) throws -> ToyTraining {
    var arguments = StatsHandler()
    try change(&arguments)
    return try ToyTraining(epochs: 1, handlers: { _, _ in [StatsHandler.Live(arguments)] })
  }

  @Test func byDefaultTheNumbersOfTheFirstItemAreLogged() throws {
    let training = try Self.training { _ in }
    try training.trainer.run(iterations: 1)
    #expect(training.sink.log[1] == "Epoch: 1/1, Iter: 1/2 -- loss: 9.5625 ")
  }

  @Test func aDictIsLoggedByName() throws {
    let training = try Self.training {
      $0.outputTransform = FunctionArgument(
        NativeFunction("f") { _, _ in .dict(["b": .int(2), "a": .double(0.5)]) })
      $0.keyVarFormat = try KeyValueFormat(argument: .string("{}={:.1f};"))
    }
    try training.trainer.run(iterations: 1)
    #expect(training.sink.log[1] == "Epoch: 1/1, Iter: 1/2 -- a=0.5;b=2.0;")
  }

  @Test func whatIsNoNumberIsNamedOnce() throws {
    let training = try Self.training {
      $0.tagName = "loss"
      $0.outputTransform = FunctionArgument(NativeFunction("f") { _, _ in .list([.int(1)]) })
    }
    try training.trainer.run()
    #expect(training.sink.notes == ["StatsHandler does not log loss: it is not a single number"])
  }

  @Test func aLoggerOfTheConfigTakesOver() throws {
    let training = try Self.training {
      $0.iterationPrintLogger = FunctionArgument(
        NativeFunction("f") { arguments, context in
          guard case .object(let engine as any HasAttributes)? = arguments.positional.first,
            case .object(let state as any HasAttributes)? = try engine.attribute("state"),
            let iteration = try state.attribute("iteration")
          else { throw Fault(.invalid, "no engine") }
          context.output.write("at \(iteration)", to: .result)
          return .none
        })
    }
    try training.trainer.run()
    #expect(training.sink.lines(.result) == ["at 1", "at 2"])
    #expect(!training.sink.log.contains { $0.hasPrefix("Epoch: ") })
  }

  @Test func attributesOfTheStateAreLogged() throws {
    let training = try Self.training { $0.stateAttributes = ["epoch_length", "key_metric_name"] }
    try training.trainer.run()
    #expect(training.sink.log.contains("State values: epoch_length: 2 key_metric_name: None "))
  }

  @Test(arguments: ["{}", "{} {:d}", "{:.4f} {}", "{}: {:.99f}"])
  func badFormatsAreRefused(format: String) {
    #expect(throws: Fault.self) {
      _ = try StatsHandler.make(["key_var_format": .string(format)])
    }
  }
}
