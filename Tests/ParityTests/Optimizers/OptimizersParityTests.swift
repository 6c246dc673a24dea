import Components
import Engine
import TestSupport
import Testing

/// AdamW and SGD against torch 1.13.1, Novograd against MONAI 0.8.1: eight steps of four parameters
/// (Tests/Fixtures/optimizers.py).
@Suite struct OptimizersParityTests {
  private let fixture: ParityFixture
  private let shared: ParityFixture
  private static let steps = 8
  private static let parameters = 4
  /// Weights are of size 1; float32 steps of the same formula differ by less.
  private static let tolerance = 1e-6

  init() throws {
    fixture = try ParityFixture("optimizers")
    shared = try ParityFixture("adam_steplr")
  }

  private enum Option: Decodable {
    case flag(Bool)
    case number(Double)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do { self = .flag(try container.decode(Bool.self)) } catch {
        self = .number(try container.decode(Double.self))
      }
    }

    var value: Value {
      switch self {
      case .flag(let flag): .bool(flag)
      case .number(let number): .double(number)
      }
    }
  }

  private func optimizer(_ run: String, _ parameters: [Parameter]) throws -> any Optimizer {
    var arguments = ValueDictionary(
      try fixture.note("\(run)/arguments", as: [String: Option].self).map { ($0, $1.value) })
    arguments["params"] = .object(ParameterStream(parameters))
    let built =
      switch run.prefix(3) {
      case "ada": try AdamW.make(arguments).build(.quiet())
      case "sgd": try SGD.make(arguments).build(.quiet())
      default: try Novograd.make(arguments).build(.quiet())
      }
    return try #require(built as? any Optimizer)
  }

  private func step(
    _ optimizer: any Optimizer, _ parameters: [Parameter], _ k: Int, _ run: String
  ) throws {
    for (i, parameter) in parameters.enumerated() {
      parameter.gradient = try shared.tensor("gradient/\(k)/\(i)")
    }
    try optimizer.step()
    for (i, parameter) in parameters.enumerated() {
      let wanted = try fixture.tensor("\(run)/\(k)/\(i)").doubles()
      #expect(parameter.value.doubles().isClose(to: wanted, within: Self.tolerance))
    }
  }

  private func parameters() throws -> [Parameter] {
    try (0..<Self.parameters).map {
      Parameter(name: "p\($0)", value: try shared.tensor("start/\($0)"))
    }
  }

  @Test(arguments: [
    "adamw", "adamw_amsgrad", "sgd", "sgd_momentum", "sgd_nesterov", "novograd", "novograd_all",
  ])
  func followsTheReference(run: String) throws {
    let parameters = try parameters()
    let optimizer = try optimizer(run, parameters)
    for k in 0..<Self.steps { try step(optimizer, parameters, k, run) }
    let state = try optimizer.state()
    #expect(
      state.at("param_groups", 0)?.keys
        == (try fixture.note("\(run)/group_keys", as: [String].self)))
    for i in 0..<Self.parameters {
      let keys = try fixture.note("\(run)/state_keys/\(i)", as: [String].self)
      #expect(state.at("state", .position(i))?.keys == keys)
      for key in keys where fixture.has("\(run)/state/\(i)/\(key)") {
        let ours = try #require(state.at("state", .position(i), .name(key))?.doubles)
        let wanted = try fixture.tensor("\(run)/state/\(i)/\(key)").doubles()
        // Squared norms are sums of many squares; their size is theirs alone.
        let size = wanted.map(\.magnitude).max() ?? 0
        #expect(ours.isClose(to: wanted, within: Self.tolerance * max(1, size)))
      }
    }
  }

  @Test(arguments: ["adamw_amsgrad", "sgd", "sgd_momentum", "novograd_all"])
  func goesOnFromASavedState(run: String) throws {
    let first = try parameters()
    let optimizer = try optimizer(run, first)
    for k in 0..<3 { try step(optimizer, first, k, run) }
    let second = first.map { Parameter(name: $0.name, value: $0.value) }
    let other = try self.optimizer(run, second)
    #expect(try other.adopt(optimizer.state(), strict: true) == [])
    for k in 3..<Self.steps {
      try step(optimizer, first, k, run)
      try step(other, second, k, run)
    }
    for (a, b) in zip(first, second) {
      #expect(a.value.elements(of: Float.self) == b.value.elements(of: Float.self))
    }
  }
}
