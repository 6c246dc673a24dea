import Components
import Engine
import TestSupport
import Testing

@Suite struct OptimizerTests {
  private func parameter(_ name: String, _ elements: [Float]) -> Parameter {
    Parameter(name: name, value: Tensor(elements, shape: [elements.count]))
  }

  private func adam(_ params: Value, _ named: ValueDictionary = [:]) throws -> any Optimizer {
    var arguments = named
    arguments["params"] = params
    return try #require(try Adam.make(arguments).build(.quiet()) as? any Optimizer)
  }

  private func list(_ parameters: [Parameter]) -> Value {
    .list(parameters.map { .object(ParameterObject($0)) })
  }

  @Test func readsListsStreamsAndGroups() throws {
    let (a, b) = (parameter("a", [1]), parameter("b", [2, 3]))
    #expect(try adam(list([a, b])).groups.map(\.parameters.count) == [2])
    #expect(try adam(.object(ParameterStream([a, b]))).groups.map(\.parameters.count) == [2])
    let grouped = try adam(
      .list([
        .dict(["params": list([a]), "lr": .double(0.5)]),
        .dict(["params": .object(ParameterStream([b]))]),
      ]), ["lr": .double(0.1)])
    #expect(grouped.groups.map(\.learningRate) == [0.5, 0.1])
    #expect(try grouped.state().at("param_groups", 1, "params")?.doubles == [1])
  }

  @Test func refusesWhatHoldsNoParameters() throws {
    let empty = #expect(throws: Fault.self) { try adam(.list([])) }
    #expect(empty?.message == "the optimizer has no parameters to change")
    #expect(empty?.remedy == "params=@model.parameters()")
    #expect(empty?.argument == ["params"])
    let number = #expect(throws: Fault.self) { try adam(.list([.int(3)])) }
    #expect(number?.argument == ["params", "#1"])
    let a = parameter("a", [1])
    let twice = #expect(throws: Fault.self) { try adam(list([a, a])) }
    #expect(twice?.message == "parameter a is listed twice")
    let group = #expect(throws: Fault.self) {
      try adam(.list([.dict(["params": list([a]), "learning_rate": .double(1)])]))
    }
    #expect(group?.kind == .unknownArgument)
    let bare = #expect(throws: Fault.self) { try adam(.list([.dict(["lr": .double(1)])])) }
    #expect(bare?.kind == .missingArgument)
  }

  @Test(arguments: [
    ["betas": Value.list([.double(0.9)])], ["betas": .list([.double(0.9), .double(1)])],
    ["lr": .double(-1)], ["eps": .double(-1)], ["weight_decay": .double(-0.1)],
  ])
  func refusesOptionsOutOfRange(options: [String: Value]) {
    let fault = #expect(throws: Fault.self) {
      try adam(list([parameter("a", [1])]), ValueDictionary(options.map { ($0, $1) }))
    }
    #expect(fault?.kind == .outOfRange)
    #expect(fault?.argument.first == options.keys.first)
  }

  @Test func leavesParametersWithoutGradientAlone() throws {
    let (a, b) = (parameter("a", [1]), parameter("b", [2]))
    let optimizer = try adam(list([a, b]), ["lr": .double(0.1)])
    a.gradient = Tensor([1] as [Float], shape: [1])
    try optimizer.step()
    #expect(b.value.elements(of: Float.self) == [2])
    #expect(a.value.doubles().isClose(to: [0.9], within: 1e-6))
    let state = try optimizer.state()
    #expect(state.at("state", 0) != nil && state.at("state", 1) == nil)
    optimizer.zeroGradients()
    #expect(a.gradient == nil)
  }

  @Test func refusesGradientsOfAnotherShapeBeforeAnyStep() throws {
    let (a, b) = (parameter("a", [1]), parameter("b", [2]))
    let optimizer = try adam(list([a, b]))
    a.gradient = Tensor([1] as [Float], shape: [1])
    b.gradient = Tensor([1, 1] as [Float], shape: [2])
    let fault = #expect(throws: Fault.self) { try optimizer.step() }
    #expect(fault?.message == "the gradient of b has another shape than the parameter")
    #expect(a.value.elements(of: Float.self) == [1])
  }

  /// Any number of threads takes the same step, bit for bit.
  @Test func threadsDoNotChangeTheResult() throws {
    let count = (1 << 17) + 5
    let start = Tensor(shape: [count], of: Float.self) { start in
      for i in start.indices { start[i] = Float(i % 1000) / 500 - 1 }
    }
    let results = try [1, 2, 3].map { threads in
      let parameter = Parameter(name: "p", value: start)
      let component = try Adam.make(["params": list([parameter]), "weight_decay": .double(0.1)])
      let optimizer = try #require(
        try component.build(.quiet(threads: threads)) as? any Optimizer)
      for _ in 0..<2 {
        parameter.gradient = parameter.value
        try optimizer.step()
      }
      return parameter.value.elements(of: Float.self)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(start.elements(of: Float.self)[1] == -0.998, "the shared start is not written over")
  }

  @Test func saysWhatDoesNotFit() throws {
    let (a, b) = (parameter("a", [1]), parameter("b", [2, 3]))
    let saved = try adam(list([a, b]))
    for p in [a, b] { p.gradient = p.value }
    try saved.step()
    let state = try saved.state()
    let (c, d) = (parameter("c", [1]), parameter("d", [2, 3, 4]))
    let other = try adam(list([c, d]), ["lr": .double(0.5)])
    let fault = #expect(throws: Fault.self) { try other.adopt(state, strict: true) }
    #expect(fault?.notes.first == "state.1.exp_avg: shape [2], wanted [3]")
    #expect(other.groups[0].learningRate == 0.5, "a refused state changes nothing")
    #expect(
      try other.adopt(state, strict: false) == ["state.1.exp_avg", "state.1.exp_avg_sq"])
    let taken = try other.state()
    #expect(taken.at("state", 0) != nil && taken.at("state", 1) == nil)
    #expect(other.groups[0].learningRate == 1e-3)

    let single = try adam(list([parameter("e", [1])]))
    #expect(try single.adopt(state, strict: false) == ["param_groups.0.params"])
    #expect(try single.adopt(.none, strict: false) == ["state", "state"])
  }

  @Test func keepsItsOptionsWhenOnlyMomentsAreGiven() throws {
    let a = parameter("a", [1])
    let saved = try adam(list([a]), ["lr": .double(0.5)])
    a.gradient = a.value
    try saved.step()
    guard case .dict(var state) = try saved.state() else { return }
    state["param_groups"] = nil
    let other = try adam(list([a]), ["lr": .double(0.25)])
    #expect(try other.adopt(.dict(state), strict: false) == [])
    #expect(other.groups[0].learningRate == 0.25)
    #expect(try other.state().at("state", 0, "step")?.doubles == [1])
    #expect(throws: Fault.self) { try other.adopt(.dict(state), strict: true) }
  }

  @Test func readsStatesOfOtherTorchVersions() throws {
    let a = parameter("a", [1])
    let optimizer = try adam(list([a]))
    a.gradient = a.value
    try optimizer.step()
    guard case .dict(var state) = try optimizer.state(),
      case .list(let groups)? = state["param_groups"], case .dict(var group)? = groups.first
    else {
      Issue.record("no groups")
      return
    }
    for key in ["maximize", "foreach", "capturable", "differentiable", "fused"] { group[key] = nil }
    group["decoupled_weight_decay"] = .bool(false)
    group["fused"] = StateValue.none
    state["param_groups"] = .list([.dict(group)])
    #expect(try optimizer.adopt(.dict(state), strict: true) == [])
    group["momentum"] = .double(0.9)
    state["param_groups"] = .list([.dict(group)])
    #expect(
      try optimizer.adopt(.dict(state), strict: false) == ["param_groups.0.momentum"])
  }

  @Test func isDrivenFromTheLanguage() throws {
    let a = parameter("a", [1])
    let optimizer = try #require(try adam(list([a])) as? any HasAttributes)
    a.gradient = a.value
    guard case .function(let step)? = try optimizer.attribute("step") else {
      Issue.record("no step")
      return
    }
    #expect(step.effect == .action)
    _ = try step.call(Arguments(), .quiet())
    #expect(a.value.doubles().isClose(to: [0.999], within: 1e-6))
    guard case .list(let groups)? = try optimizer.attribute("param_groups"),
      case .dict(let group)? = groups.first
    else {
      Issue.record("no groups")
      return
    }
    #expect(group["lr"] == .double(1e-3))
    #expect(group["params"]?.elements?.count == 1)
    #expect(optimizer.summary == "Adam, lr 0.001, 1 parameter")
  }

  @Test func listsAreSortedAndComplete() throws {
    for types in [optimizerTypes, schedulerTypes] {
      let names = types.map { $0.declaration.name }
      #expect(names == names.sorted() && Set(names).count == names.count)
    }
    #expect(optimizerTypes.count == 4 && schedulerTypes.count == 4)
  }
}
