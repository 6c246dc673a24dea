import Components
import Engine
import TestSupport
import Testing

@Suite struct SchedulerTests {
  private func optimizer(_ rates: [Double]) throws -> any Optimizer {
    let groups = rates.enumerated().map { index, rate in
      let parameter = Parameter(name: "p\(index)", value: Tensor(zeros: [1]))
      return Value.dict([
        "params": .list([.object(ParameterObject(parameter))]), "lr": .double(rate),
      ])
    }
    let adam = try Adam.make(["params": .list(groups)])
    return try #require(try adam.build(.quiet()) as? any Optimizer)
  }

  private func stepLR(
    _ optimizer: any Optimizer, _ named: ValueDictionary = ["step_size": .int(2)],
    _ sink: RecordingSink = RecordingSink()
  ) throws -> any LRScheduler {
    var arguments = named
    arguments["optimizer"] = .object(optimizer)
    return try #require(try StepLR.make(arguments).build(.quiet(sink)) as? any LRScheduler)
  }

  @Test func changesEveryGroup() throws {
    let optimizer = try optimizer([1, 0.5])
    let scheduler = try stepLR(optimizer)
    #expect(scheduler.lastLearningRates == [1, 0.5])
    scheduler.step()
    scheduler.step()
    #expect(scheduler.lastLearningRates == [0.1, 0.05])
    #expect(optimizer.groups.map(\.learningRate) == [0.1, 0.05])
    #expect(optimizer.groups.map(\.initialLearningRate) == [1, 0.5])
  }

  /// The chainable form keeps a rate that somebody sets in between.
  @Test func goesOnFromARateSetByHand() throws {
    let optimizer = try optimizer([1])
    let scheduler = try stepLR(optimizer)
    optimizer.groups[0].learningRate = 0.4
    scheduler.step()
    #expect(optimizer.groups[0].learningRate == 0.4)
    scheduler.step()
    #expect(optimizer.groups[0].learningRate == 0.4 * 0.1)
  }

  @Test func logsWhenVerbose() throws {
    let sink = RecordingSink()
    let scheduler = try stepLR(
      optimizer([1e-4]), ["step_size": .int(1), "verbose": .bool(true)], sink)
    scheduler.step()
    #expect(
      sink.text(of: .log) == """
        Adjusting learning rate of group 0 to 1.0000e-04.
        Adjusting learning rate of group 0 to 1.0000e-05.

        """)
  }

  @Test func needsAnInitialRateToGoOn() throws {
    let optimizer = try optimizer([1])
    let options: ValueDictionary = ["step_size": .int(2), "last_epoch": .int(3)]
    let fault = #expect(throws: Fault.self) { try stepLR(optimizer, options) }
    #expect(fault?.argument == ["last_epoch"])
    optimizer.groups[0].initialLearningRate = 1
    #expect(try stepLR(optimizer, options).lastLearningRates == [0.1])
  }

  @Test func saysWhatDoesNotFit() throws {
    let scheduler = try stepLR(optimizer([1]))
    let two = try stepLR(optimizer([1, 2]))
    let state = try two.state()
    let fault = #expect(throws: Fault.self) { try scheduler.adopt(state, strict: true) }
    #expect(fault?.notes.count == 2)
    #expect(try scheduler.adopt(state, strict: false) == ["base_lrs", "_last_lr"])
    #expect(throws: Fault.self) { try scheduler.adopt(.int(3), strict: true) }
    var newer = StateDictionary([("_is_initial", .bool(false)), ("gamma", .double(0.5))])
    #expect(try scheduler.adopt(.dict(newer), strict: false) == [])
    #expect(try scheduler.state().at("gamma")?.doubles == [0.5])
    newer["milestones"] = .list([])
    #expect(try scheduler.adopt(.dict(newer), strict: false) == ["milestones"])
  }

  @Test func refusesAStepOfNothing() throws {
    let optimizer = try optimizer([1])
    let fault = #expect(throws: Fault.self) { try stepLR(optimizer, ["step_size": .int(0)]) }
    #expect(fault?.kind == .outOfRange)
    #expect(throws: Fault.self) { try stepLR(optimizer, [:]) }
  }
}
