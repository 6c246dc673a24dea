import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct PostParityTests {
  private static let subject = "transform_activations_discrete"

  private func input(_ f: ParityFixture) throws -> Sample {
    var sample = Sample()
    for key in ["pred", "label"] { sample[key] = .tensor(try f.image(key)) }
    return sample
  }

  private func arguments(_ f: ParityFixture, _ name: String, key: String) throws -> ValueDictionary
  {
    guard case .dict(var arguments) = try f.value(name) else {
      throw MissingFixture(name)
    }
    arguments["keys"] = .string(key)
    return arguments
  }

  @Test(arguments: ["softmax", "sigmoid", "none"]) func activations(name: String) throws {
    let f = try ParityFixture(Self.subject)
    let transform = try Activationsd.make(arguments(f, "activations/\(name)", key: "pred"))
    let output = try transform.applied(to: input(f))
    expectClose(try output.image("pred"), try f.image("activations/\(name)"), tolerance: 1e-6)
  }

  @Test(arguments: [
    "pred/argmax", "pred/argmax_onehot", "pred/threshold", "pred/threshold_zero", "pred/rounding",
    "pred/old_onehot", "pred/old_onehot_num_classes", "pred/old_threshold",
    "pred/old_threshold_default", "pred/threshold_true", "label/onehot", "label/nothing",
    "label/onehot_threshold",
  ])
  func asDiscrete(name: String) throws {
    let f = try ParityFixture(Self.subject)
    #expect(f.optionalNote("discrete/\(name)/error") == nil)
    let key = String(name.split(separator: "/")[0])
    let transform = try AsDiscreted.make(arguments(f, "discrete/\(name)", key: key))
    let output = try transform.applied(to: input(f))
    expectClose(try output.image(key), try f.image("discrete/\(name)"), tolerance: 0, name)
  }

  @Test func argumentsOfTheirOwnForEachKey() throws {
    let f = try ParityFixture(Self.subject)
    let transform = try AsDiscreted.make([
      "keys": .list([.string("pred"), .string("label")]),
      "argmax": .list([.bool(true), .bool(false)]), "to_onehot": .int(3),
    ])
    let output = try transform.applied(to: input(f))
    expectClose(try output.image("pred"), try f.image("discrete/both/image"), tolerance: 0)
    expectClose(try output.image("label"), try f.image("discrete/both/label"), tolerance: 0)
  }
}
