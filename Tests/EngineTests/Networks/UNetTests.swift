import Components
import Engine
import TestSupport
import Testing

@Suite struct UNetTests {
  static let seed: ValueDictionary = [
    "spatial_dims": .int(3), "in_channels": .int(1), "out_channels": .int(2),
    "channels": .list([16, 32, 64, 128, 256].map { .int($0) }),
    "strides": .list([2, 2, 2, 2].map { .int($0) }), "num_res_units": .int(2),
    "norm": .string("batch"),
  ]

  static func network(_ arguments: ValueDictionary = seed) throws -> UNetNetwork {
    try #require(UNet.make(arguments).build(.quiet()) as? UNetNetwork)
  }

  @Test func hasMONAIsWeights() throws {
    let network = try Self.network()
    #expect(network.parameterCount == 4_808_917)
    let keys = network.state().keys
    #expect(keys.count == 148)
    #expect(
      keys.prefix(8) == [
        "model.0.conv.unit0.conv.weight", "model.0.conv.unit0.conv.bias",
        "model.0.conv.unit0.adn.N.weight", "model.0.conv.unit0.adn.N.bias",
        "model.0.conv.unit0.adn.N.running_mean", "model.0.conv.unit0.adn.N.running_var",
        "model.0.conv.unit0.adn.N.num_batches_tracked", "model.0.conv.unit0.adn.A.weight",
      ])
    #expect(keys.last == "model.2.1.conv.unit0.conv.bias")
  }

  /// The output for weights and input made of sines, computed with MONAI 0.8.1.
  @Test func agreesWithReferenceOutput() throws {
    let network = try Self.network()
    guard case .dict(var state) = network.state() else { return }
    for (index, (key, value)) in state.entries.enumerated() {
      guard case .tensor(let tensor) = value, case .string(let name) = key else { continue }
      if name.hasSuffix("num_batches_tracked") { continue }
      let fixed: Float? =
        name.hasSuffix("N.weight") || name.hasSuffix("running_var")
        ? 1 : name.hasSuffix("running_mean") ? 0 : name.hasSuffix("A.weight") ? 0.25 : nil
      let numbers = (0..<tensor.count).map {
        fixed ?? Float(0.05 * sinOf(0.7 * Double($0) + Double(index)))
      }
      state[key] = .tensor(Tensor(numbers, shape: tensor.shape))
    }
    #expect(try network.adopt(.dict(state), strict: true).isEmpty)
    let input = Tensor(
      (0..<32 * 32 * 32).map { Float(sinOf(0.01 * Double($0))) }, shape: [1, 1, 32, 32, 32])
    let output = try network.forward(input, .evaluation)
    #expect(output.shape == [1, 2, 32, 32, 32])
    let numbers = output.doubles()
    let sum = numbers.reduce(0, +), size = numbers.reduce(0) { $0 + $1.magnitude }
    #expect((sum / 264903.78 - 1).magnitude < 1e-4)
    #expect((size / 372897.53 - 1).magnitude < 1e-4)
    let plane = 32 * 32 * 32
    let corner = [2.649809, 1.094296, 1.633978, 1.013346]
    let middle = [30.98098, 23.77529, 29.00452]
    let at = plane + (16 * 32 + 16) * 32 + 16
    #expect(zip(numbers.prefix(4), corner).allSatisfy { ($0 / $1 - 1).magnitude < 1e-4 })
    #expect(zip(numbers[at..<at + 3], middle).allSatisfy { ($0 / $1 - 1).magnitude < 1e-4 })
  }

  @Test func namesTheSizeThatDoesNotDivide() throws {
    let fault = #expect(throws: Fault.self) {
      try Self.network().preview(TensorSpec(shape: [1, 1, 96, 90, 96]))
    }
    #expect(fault?.message == "dim 3 = 90 not divisible by 16; pad to 96")
  }
}
