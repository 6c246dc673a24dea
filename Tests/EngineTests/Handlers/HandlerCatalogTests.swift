import Components
import Testing

@testable import Engine

@Suite struct HandlerCatalogTests {
  static let types = handlerTypes + engineTypes

  @Test func namesAreSorted() {
    for list in [handlerTypes, engineTypes] {
      let names = list.map { $0.declaration.name }
      #expect(names == names.sorted())
    }
  }

  @Test(arguments: types.map { $0.declaration })
  func everyArgumentHasHelp(declaration: Declaration) {
    #expect(!declaration.help.isEmpty)
    for argument in declaration.arguments { #expect(!argument.help.isEmpty) }
  }

  @Test(arguments: ["prepare_batch", "iteration_update", "event_names", "event_to_attr"])
  func whatNeedsPythonIsRefused(argument: String) {
    var arguments = SupervisedTrainerArguments()
    switch argument {
    case "prepare_batch": arguments.prepareBatch = .int(1)
    case "iteration_update": arguments.iterationUpdate = .int(1)
    case "event_names": arguments.eventNames = .list([])
    default: arguments.eventToAttr = .dict([:])
    }
    let fault = #expect(throws: Fault.self) { try arguments.validate() }
    #expect(fault?.message == "\(argument) of SupervisedTrainer is not supported")
    #expect(fault?.argument == [argument])
  }
}
