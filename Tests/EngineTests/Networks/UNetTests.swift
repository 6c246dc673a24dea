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

  @Test(arguments: [
    ("channels", Value.list([.int(65_536), .int(65_536)])),
    ("channels", .list([.int(4), .int(1 << 20)])), ("kernel_size", .int(2_147_483_647)),
    ("up_kernel_size", .int(9999)),
  ])
  func weightsBeyondAllMemoryAreRefused(name: String, value: Value) throws {
    var arguments = Self.seed
    arguments["strides"] = .list([.int(2), .int(2), .int(2), .int(2)])
    arguments[name] = value
    let fault = try #require(throws: Fault.self) { try UNet.make(arguments) }
    #expect(fault.kind == .outOfRange && fault.argument == [name])
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

  @Test func namesTheWrongChannelCount() throws {
    let fault = #expect(throws: Fault.self) {
      try Self.network().preview(TensorSpec(shape: [1, 3, 96, 96, 96]))
    }
    #expect(fault?.message == "the input has 3 channels, the network takes 1")
    #expect(fault?.argument == ["in_channels"])
  }

  @Test(
    arguments: [
      (["norm": .string("BATCHNORM")], ["norm"]), (["act": .string("gelu")], ["act"]),
      (["channels": .list([.int(4)])], ["channels"]), (["strides": .list([])], ["strides"]),
      (["kernel_size": .int(2)], ["kernel_size"]), (["spatial_dims": .int(4)], ["spatial_dims"]),
      (["adn_ordering": .string("NXA")], ["adn_ordering"]),
      (["norm": .tuple([.string("batch"), .dict(["epsilon": .double(1)])])], ["norm", "epsilon"]),
    ] as [(ValueDictionary, [String])])
  func namesTheArgumentAtFault(changes: ValueDictionary, argument: [String]) {
    var arguments = Self.seed
    for (name, value) in changes { arguments[name] = value }
    let fault = #expect(throws: Fault.self) { try UNet.make(arguments) }
    #expect(fault?.argument == argument)
  }

  @Test func listsEveryMisfitOfAState() throws {
    let network = try Self.network(small)
    guard case .dict(var state) = network.state() else { return }
    state["model.0.conv.bias"] = nil
    state["model.0.conv.weight"] = .tensor(Tensor(zeros: [1]))
    state["model.9.weight"] = .tensor(Tensor(zeros: [1]))
    let before = network.parameters[0].value.doubles()
    let fault = #expect(throws: Fault.self) { try network.adopt(.dict(state), strict: true) }
    #expect(
      fault?.notes == [
        "model.0.conv.weight is [1], wanted [4, 1, 3, 3]", "missing model.0.conv.bias",
        "unexpected model.9.weight",
      ])
    #expect(network.parameters[0].value.doubles() == before)
    let notTaken = try network.adopt(.dict(state), strict: false)
    #expect(notTaken == ["model.0.conv.weight", "model.0.conv.bias", "model.9.weight"])
  }

  private let small: ValueDictionary = [
    "dimensions": .int(2), "in_channels": .int(1), "out_channels": .int(2),
    "channels": .list([.int(4), .int(8)]), "strides": .list([.int(2)]),
    "norm": .tuple([.string("BATCH"), .dict(["eps": .double(1e-3)])]),
  ]

  @Test func listsItsLayers() throws {
    let rows = try Self.network().layers(for: TensorSpec(shape: [nil, 1, 96, 96, 96]))
    #expect(rows.count == 18 + 5)
    #expect(rows[0].name == "model.0.conv.unit0")
    #expect(rows[0].outputShape == [nil, 16, 48, 48, 48])
    #expect(rows[0].parameterCount == 16 * 27 + 16 + 32 + 1)
    #expect(rows.last?.outputShape == [nil, 2, 96, 96, 96])
    #expect(rows.reduce(0) { $0 + $1.parameterCount } == 4_808_917)
    // Without a batch size neither work nor memory is known.
    #expect(rows.allSatisfy { $0.multiplyAdds == nil && $0.keptBytes == nil })
  }

  @Test func countsTheWorkOfItsLayers() throws {
    let rows = try Self.network().layers(for: TensorSpec(shape: [2, 1, 96, 96, 96]))
    // 27 weights for each of 16 channels at each of 48³ places, of two items.
    #expect(rows[0].multiplyAdds == 2 * 48 * 48 * 48 * 16 * 27)
    // A transposed convolution does its work where its input is.
    let up = try #require(rows.first { $0.name == "model.2.0" })
    #expect(up.multiplyAdds == 2 * 48 * 48 * 48 * 32 * 2 * 27)
    #expect(rows[0].keptBytes == 2 * 48 * 48 * 48 * 16 * 4)
    let mixed = try Self.network().layers(for: TensorSpec(shape: [2, 1, 96, 96, 96]), .bfloat16)
    #expect(mixed[0].keptBytes == 2 * 48 * 48 * 48 * 16 * 2)
  }

  /// Same seed and threads: every step bit for bit.
  @Test(arguments: try [ForwardMode.Precision.float32, .bfloat16].filter { try $0.isSupported() })
  func repeatsItself(precision: ForwardMode.Precision) throws {
    let first = try losses(precision), second = try losses(precision)
    #expect(first == second)
    #expect(first.last.map { $0 < first[0] } == true)
  }

  @Test(.enabled("this processor computes in bfloat16") { try hasBFloat16() })
  func bfloat16StaysNearFloat32() throws {
    let exact = try losses(.float32), short = try losses(.bfloat16)
    #expect(zip(exact, short).allSatisfy { ($0 - $1).magnitude < 1e-3 })
    #expect(exact != short)
  }

  private static func hasBFloat16() throws -> Bool {
    try ForwardMode.Precision.bfloat16.isSupported()
  }

  /// Ten steps on a cube in noise.
  private func losses(_ precision: ForwardMode.Precision) throws -> [Double] {
    let network = try Self.network()
    let loss = try DiceLossTests.loss([:])
    let optimizer = try #require(
      Adam.make([
        "params": .list(network.parameters.map { .object(ParameterObject($0)) }),
        "lr": .double(2e-4),
      ]).build(.quiet()) as? any Optimizer)
    let noise = TorchGenerator(seed: 1), size = 32
    let places = (0..<2 * size * size * size).map { index in
      [index % size, index / size % size, index / size / size % size]
        .allSatisfy { 10..<22 ~= $0 }
    }
    let label = Tensor(places.map { Float($0 ? 1 : 0) }, shape: [2, 1, size, size, size])
    let image = Tensor(
      places.map { ($0 ? 0.5 : 0) + Float(noise.random32() & 0xffff) / 65536 },
      shape: label.shape)
    var mode = ForwardMode.training
    mode.precision = precision
    return try (0..<10).map { _ in
      optimizer.zeroGradients()
      let value = try loss(network.forward(image, mode), label)
      try backward(value)
      try optimizer.step()
      return value.scalarValue()
    }
  }
}
