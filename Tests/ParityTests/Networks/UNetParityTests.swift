import Components
import Engine
import TestSupport
import Testing

/// Forward passes, losses, gradients and running statistics of small UNets against MONAI 0.8.1.
@Suite struct UNetParityTests {
  @Test(arguments: ["batch", "instance", "plain", "one_unit", "flat", "mixed_strides"])
  func stepAgrees(net: String) throws {
    let fixture = try ParityFixture("unet_\(net)")
    let network = try network(fixture)
    try load(fixture, into: network)
    let output = try network.forward(fixture.tensor("input"), .evaluation)
    try expectClose(output, fixture.tensor("eval/output"), 1e-4, "eval output of \(net)")
    try checkStep(network, fixture, stored: true)
  }

  /// Weights come from seed 0 and are drawn here in torch's order.
  @Test(arguments: ["sixteens", "seed"])
  func stepFromDrawnWeightsAgrees(net: String) throws {
    let fixture = try ParityFixture("unet_\(net)")
    let network = try network(fixture)
    let output = try network.forward(fixture.tensor("input"), .evaluation)
    try expectClose(output, fixture.tensor("eval/output"), 1e-4, "eval output of \(net)")
    try checkStep(network, fixture, stored: false)
  }

  @Test(arguments: ["seed", "flat", "instance", "plain"], [UInt64(0), 42])
  func initialWeightsAgree(net: String, seed: UInt64) throws {
    let fixture = try ParityFixture("unet_init")
    let arguments = try Arguments(fixture.note(net)).value
    let context = RunContext.quiet()
    context.generator.seed(seed)
    let network = try #require(UNet.make(arguments).build(context) as? UNetNetwork)
    #expect(network.parameters.map(\.name) == (try fixture.note("\(net)/names", as: [String].self)))
    #expect(network.state().keys == (try fixture.note("\(net)/state_dict", as: [String].self)))
    let first = try fixture.tensor("\(net)/\(seed)/first4").doubles()
    let sums = try fixture.tensor("\(net)/\(seed)/abs_sum").doubles()
    for (index, parameter) in network.parameters.enumerated() {
      let numbers = parameter.value.doubles()
      for (place, number) in numbers.prefix(4).enumerated() {
        #expect(number == first[index * 4 + place], "\(parameter.name)[\(place)]")
      }
      let sum = numbers.reduce(0) { $0 + $1.magnitude }
      #expect((sum - sums[index]).magnitude <= 1e-6 * sums[index], "\(parameter.name)")
    }
  }

  private func network(_ fixture: ParityFixture) throws -> UNetNetwork {
    let arguments = try Arguments(fixture.note("arguments")).value
    return try #require(UNet.make(arguments).build(.quiet()) as? UNetNetwork)
  }

  private func load(_ fixture: ParityFixture, into network: UNetNetwork) throws {
    let order = try fixture.note("order", as: [String].self)
    #expect(network.state().keys == order)
    let entries = try order.map { ($0, StateValue.tensor(try fixture.tensor("state/\($0)"))) }
    #expect(try network.adopt(.dict(StateDictionary(entries)), strict: true).isEmpty)
  }

  private func checkStep(_ network: UNetNetwork, _ fixture: ParityFixture, stored: Bool) throws {
    let loss = try #require(
      DiceLoss.make(["to_onehot_y": .bool(true), "softmax": .bool(true)]).build(.quiet())
        as? any Loss)
    let output = try network.forward(fixture.tensor("input"), .training)
    if fixture.has("train/output") {
      try expectClose(output, fixture.tensor("train/output"), 1e-4, "train output")
    }
    let value = try loss(output, fixture.tensor("label"))
    let expected = try fixture.tensor("train/loss").scalarValue()
    #expect((value.scalarValue() - expected).magnitude <= 1e-5 * expected)
    try backward(value)

    let names = try fixture.note("parameters", as: [String].self)
    let silent = Set(try fixture.note("biases_that_feed_a_norm", as: [String].self))
    #expect(network.parameters.map(\.name) == names)
    let norms =
      stored
      ? try names.map { norm(try fixture.tensor("gradient/\($0)").doubles()) }
      : try fixture.tensor("gradient/norm").doubles()
    let largest = norms.max() ?? 0
    for (index, parameter) in network.parameters.enumerated() {
      let gradient = try #require(parameter.gradient).doubles()
      if silent.contains(parameter.name) {
        #expect(norm(gradient) <= 1e-6 * largest, "\(parameter.name)")
        continue
      }
      let allowed = 1e-4 * norms[index] + 1e-7 * largest
      if stored {
        let reference = try fixture.tensor("gradient/\(parameter.name)").doubles()
        #expect(norm(zip(gradient, reference).map { $0 - $1 }) <= allowed, "\(parameter.name)")
      } else {
        #expect((norm(gradient) - norms[index]).magnitude <= allowed, "\(parameter.name)")
        let first = try fixture.tensor("gradient/first8").doubles()[index * 8..<index * 8 + 8]
        let difference = zip(gradient, first).map { $0 - $1 }
        #expect(norm(difference) <= allowed, "\(parameter.name)")
      }
    }
    guard stored, case .dict(let state) = network.state() else { return }
    for (key, value) in state.entries {
      guard case .string(let name) = key, case .tensor(let tensor) = value,
        fixture.has("after/\(name)")
      else { continue }
      try expectClose(tensor, fixture.tensor("after/\(name)"), 1e-5, name)
    }
  }
}

private func expectClose(
  _ tensor: Tensor, _ reference: Tensor, _ tolerance: Double, _ what: String
) throws {
  let distance = tensor.distance(to: reference)
  #expect(distance <= tolerance, "\(what)")
}
