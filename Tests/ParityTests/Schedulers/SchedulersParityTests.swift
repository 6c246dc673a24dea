import Components
import Engine
import TestSupport
import Testing

/// Learning rates of torch 1.13.1 over fourteen epochs from 0.1 (Tests/Fixtures/optimizers.py).
@Suite struct SchedulersParityTests {
  private let fixture: ParityFixture

  init() throws { fixture = try ParityFixture("optimizers") }

  private func optimizer(lr: Double = 0.1) throws -> any Optimizer {
    let parameter = Parameter(name: "p", value: Tensor(zeros: [1]))
    let sgd = try SGD.make([
      "params": .list([.object(ParameterObject(parameter))]), "lr": .double(lr),
    ])
    return try #require(try sgd.build(.quiet()) as? any Optimizer)
  }

  private func scheduler(_ run: String, _ optimizer: any Optimizer) throws -> any LRScheduler {
    let of: ValueDictionary = ["optimizer": .object(optimizer)]
    let built: any Object
    switch run {
    case "multistep":
      struct Options: Decodable {
        var milestones: [Int]
        var gamma: Double
      }
      let options = try fixture.note("\(run)/arguments", as: Options.self)
      var arguments = of
      arguments["milestones"] = options.milestones.argumentValue
      arguments["gamma"] = .double(options.gamma)
      built = try MultiStepLR.make(arguments).build(.quiet())
    case "exponential":
      let options = try fixture.note("\(run)/arguments", as: [String: Double].self)
      var arguments = of
      for (name, number) in options { arguments[name] = .double(number) }
      built = try ExponentialLR.make(arguments).build(.quiet())
    default:
      struct Options: Decodable {
        var T_max: Int
        var eta_min: Double
      }
      let options = try fixture.note("\(run)/arguments", as: Options.self)
      var arguments = of
      arguments["T_max"] = .int(options.T_max)
      arguments["eta_min"] = .double(options.eta_min)
      built = try CosineAnnealingLR.make(arguments).build(.quiet())
    }
    return try #require(built as? any LRScheduler)
  }

  @Test(arguments: ["multistep", "exponential", "cosine"])
  func followsTorch(run: String) throws {
    let optimizer = try optimizer()
    let scheduler = try scheduler(run, optimizer)
    let rates = try fixture.doubles("\(run)/lr")
    for (epoch, rate) in rates.enumerated() {
      if epoch > 0 { scheduler.step() }
      // The same double operations; the C libraries may differ in the last bit of a cosine.
      #expect(abs(optimizer.groups[0].learningRate - rate) <= 1e-15, "epoch \(epoch)")
    }
    #expect(
      try scheduler.state().keys
        == fixture.note("\(run)/scheduler_state_keys", as: [String].self))
  }

  @Test(arguments: ["multistep", "exponential", "cosine"])
  func goesOnFromASavedState(run: String) throws {
    let first = try optimizer()
    let scheduler = try scheduler(run, first)
    for _ in 0..<6 { scheduler.step() }
    let second = try optimizer()
    let other = try self.scheduler(run, second)
    #expect(try second.adopt(first.state(), strict: true) == [])
    #expect(try other.adopt(scheduler.state(), strict: true) == [])
    let rates = try fixture.doubles("\(run)/lr")
    for epoch in 7..<rates.count {
      other.step()
      #expect(abs(second.groups[0].learningRate - rates[epoch]) <= 1e-15)
    }
  }

  /// A rebuilt scheduler goes to the epoch of the one it replaces, along its own rates.
  @Test(arguments: ["multistep", "exponential", "cosine"])
  func movesToAnEpochWithAnotherBaseRate(run: String) throws {
    let rates = try fixture.doubles("\(run)/lr")
    for epoch in [1, 3, 5] {
      let optimizer = try optimizer()
      let scheduler = try scheduler(run, optimizer)
      let state = StateValue.dict(StateDictionary([("last_epoch", .int(epoch))]))
      #expect(try scheduler.adopt(state, strict: false) == [])
      #expect(abs(scheduler.lastLearningRates[0] - rates[epoch]) <= 1e-12)
      scheduler.step()
      #expect(abs(optimizer.groups[0].learningRate - rates[epoch + 1]) <= 1e-12)
    }
  }
}
