import Components
import Engine
import TestSupport
import Testing

/// Against torch 1.13.1, eight steps of four parameters (Tests/Fixtures/optimizers.py).
@Suite struct AdamTests {
  private let fixture: ParityFixture
  private static let steps = 8
  private static let parameters = 4
  /// Weights are of size 1; float32 steps of the same formula differ by less.
  private static let tolerance = 1e-6

  init() throws { fixture = try ParityFixture("adam_steplr") }

  private struct Options: Decodable {
    var lr: Double
    var betas: [Double]?
    var eps: Double?
    var weight_decay: Double?
    var amsgrad: Bool?

    func arguments(_ parameters: [Parameter]) -> ValueDictionary {
      var arguments: ValueDictionary = [
        "params": .object(ParameterStream(parameters)), "lr": .double(lr),
      ]
      arguments["betas"] = betas?.argumentValue
      arguments["eps"] = eps?.argumentValue
      arguments["weight_decay"] = weight_decay?.argumentValue
      arguments["amsgrad"] = amsgrad?.argumentValue
      return arguments
    }
  }

  private struct Schedule: Decodable {
    var step_size: Int
    var gamma: Double
  }

  private struct Training {
    let parameters: [Parameter]
    let optimizer: any Optimizer
    let scheduler: any LRScheduler
  }

  private func training(_ run: String, start: (Int) throws -> Tensor) throws -> Training {
    let parameters = try (0..<Self.parameters).map {
      Parameter(name: "p\($0)", value: try start($0))
    }
    let options = try fixture.note("\(run)/adam", as: Options.self)
    let schedule = try fixture.note("\(run)/steplr", as: Schedule.self)
    let built = try Adam.make(options.arguments(parameters)).build(.quiet())
    let optimizer = try #require(built as? any Optimizer)
    let scheduler = try StepLR.make([
      "optimizer": .object(optimizer), "step_size": .int(schedule.step_size),
      "gamma": .double(schedule.gamma),
    ]).build(.quiet())
    return Training(
      parameters: parameters, optimizer: optimizer,
      scheduler: try #require(scheduler as? any LRScheduler))
  }

  private func step(_ training: Training, _ k: Int, _ run: String) throws {
    let rates = try fixture.doubles("\(run)/lr")
    #expect(training.optimizer.groups[0].learningRate == rates[k])
    for (i, parameter) in training.parameters.enumerated() {
      parameter.gradient = try fixture.tensor("gradient/\(k)/\(i)")
    }
    try training.optimizer.step()
    training.scheduler.step()
    for (i, parameter) in training.parameters.enumerated() {
      let wanted = try fixture.tensor("\(run)/\(k)/\(i)").doubles()
      #expect(parameter.value.doubles().isClose(to: wanted, within: Self.tolerance))
    }
    #expect(training.scheduler.lastLearningRates == [rates[k + 1]])
  }

  @Test(arguments: ["seed", "decay", "amsgrad", "amsgrad_decay"])
  func followsTorch(run: String) throws {
    let training = try training(run) { try fixture.tensor("start/\($0)") }
    for k in 0..<Self.steps { try step(training, k, run) }
    let state = try training.optimizer.state()
    for i in 0..<Self.parameters {
      for name in ["step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"] {
        let path = "\(run)/state/\(i)/\(name)"
        let ours = state.at("state", .position(i), .name(name))
        guard fixture.has(path) else {
          #expect(ours == nil, "\(path) is not in torch's state")
          continue
        }
        guard case .tensor(let tensor)? = ours else {
          Issue.record("\(path) is no tensor")
          continue
        }
        let wanted = try fixture.tensor(path)
        #expect(tensor.shape == wanted.shape && tensor.dtype == wanted.dtype)
        #expect(tensor.doubles().isClose(to: wanted.doubles(), within: Self.tolerance))
      }
    }
  }

  private struct Group: Decodable {
    var lr: Double
    var betas: [Double]
    var eps: Double
    var weight_decay: Double
    var amsgrad: Bool
    var initial_lr: Double
    var params: [Int]
  }

  @Test(arguments: ["seed", "amsgrad_decay"])
  func writesTorchsGroups(run: String) throws {
    let training = try training(run) { try fixture.tensor("start/\($0)") }
    for k in 0..<Self.steps { try step(training, k, run) }
    let group = try training.optimizer.state().at("param_groups", 0)
    let wanted = try #require(try fixture.note("\(run)/param_groups", as: [Group].self).first)
    #expect(
      group?.keys == [
        "lr", "betas", "eps", "weight_decay", "amsgrad", "maximize", "foreach", "capturable",
        "differentiable", "fused", "initial_lr", "params",
      ])
    #expect(group?.at("lr")?.doubles == [wanted.lr])
    #expect(group?.at("betas")?.doubles == wanted.betas)
    #expect(group?.at("eps")?.doubles == [wanted.eps])
    #expect(group?.at("weight_decay")?.doubles == [wanted.weight_decay])
    #expect(group?.at("initial_lr")?.doubles == [wanted.initial_lr])
    #expect(group?.at("params")?.doubles == wanted.params.map { Double($0) })
    guard case .bool(wanted.amsgrad)? = group?.at("amsgrad"), case .tuple? = group?.at("betas")
    else {
      Issue.record("amsgrad is no bool or betas no tuple")
      return
    }
  }

  private struct SchedulerState: Decodable {
    var step_size: Int
    var gamma: Double
    var base_lrs: [Double]
    var last_epoch: Int
    var _step_count: Int
    var _last_lr: [Double]
  }

  @Test(arguments: ["seed", "decay", "amsgrad", "amsgrad_decay"])
  func writesTorchsSchedulerState(run: String) throws {
    let training = try training(run) { try fixture.tensor("start/\($0)") }
    for k in 0..<Self.steps { try step(training, k, run) }
    let state = try training.scheduler.state()
    let wanted = try fixture.note("\(run)/scheduler_state", as: SchedulerState.self)
    #expect(
      state.keys == [
        "step_size", "gamma", "base_lrs", "last_epoch", "verbose", "_step_count",
        "_get_lr_called_within_step", "_last_lr",
      ])
    #expect(state.at("step_size")?.doubles == [Double(wanted.step_size)])
    #expect(state.at("gamma")?.doubles == [wanted.gamma])
    #expect(state.at("base_lrs")?.doubles == wanted.base_lrs)
    #expect(state.at("last_epoch")?.doubles == [Double(wanted.last_epoch)])
    #expect(state.at("_step_count")?.doubles == [Double(wanted._step_count)])
    #expect(state.at("_last_lr")?.doubles == wanted._last_lr)
  }

  /// A run that stops after three steps and goes on from its saved state ends at the same bits.
  @Test(arguments: ["amsgrad_decay", "decay"], [false, true])
  func goesOnFromASavedState(run: String, stepIsInt: Bool) throws {
    let first = try training(run) { try fixture.tensor("start/\($0)") }
    for k in 0..<3 { try step(first, k, run) }
    let state = try first.optimizer.state()
    let second = try training(run) { first.parameters[$0].value }
    let saved = stepIsInt ? state.withIntegerSteps : state
    #expect(try second.optimizer.adopt(saved, strict: true) == [])
    #expect(try second.scheduler.adopt(first.scheduler.state(), strict: true) == [])
    for k in 3..<Self.steps {
      try step(first, k, run)
      try step(second, k, run)
    }
    for (a, b) in zip(first.parameters, second.parameters) {
      #expect(a.value.elements(of: Float.self) == b.value.elements(of: Float.self))
    }
  }

  @Test func matchesTheGoldenPath() throws {
    let path = try fixture.floats("golden/path")
    let rates = try fixture.doubles("golden/lr_after")
    let parameter = Parameter(name: "p", value: Tensor([1, -2] as [Float], shape: [2]))
    let built = try Adam.make([
      "params": .list([.object(ParameterObject(parameter))]), "lr": .double(2e-4),
    ]).build(.quiet())
    let optimizer = try #require(built as? any Optimizer)
    let schedule = try StepLR.make(["optimizer": .object(optimizer), "step_size": .int(2)])
    let scheduler = try #require(try schedule.build(.quiet()) as? any LRScheduler)
    for k in 0..<4 {
      parameter.gradient = parameter.value  // of half the sum of squares
      try optimizer.step()
      scheduler.step()
      let wanted = path[2 * k..<2 * k + 2].map { Double($0) }
      #expect(parameter.value.doubles().isClose(to: wanted, within: 1e-7))
      #expect(optimizer.groups[0].learningRate == rates[k])
    }
  }
}

extension StateValue {
  /// The state as torch before 1.12 wrote it.
  fileprivate var withIntegerSteps: StateValue {
    guard case .dict(var root) = self, case .dict(var states)? = root["state"] else { return self }
    for (key, value) in states.entries {
      guard case .dict(var entries) = value, case .tensor(let step)? = entries["step"] else {
        continue
      }
      entries["step"] = .int(Int(step.scalarValue()))
      states[key] = .dict(entries)
    }
    root["state"] = .dict(states)
    return .dict(root)
  }
}
