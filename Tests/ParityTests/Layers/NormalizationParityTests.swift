import Components
import TestSupport
import Testing

@testable import Engine

/// Batch and instance norm and PReLU, plain and blocked, against torch 1.13.1.
@Suite struct NormalizationParityTests {
  @Test(arguments: [2, 3], [1, 2, 8, 16, 17, 32])
  func batchNormAgrees(rank: Int, channels: Int) throws {
    let fixture = try ParityFixture("layer_norms_\(rank)d"), name = "batch-\(channels)"
    let norm = try normalization(fixture, name, .init(kind: .batch), channels)
    norm.statistics = (
      try fixture.floats("\(name)/before/running_mean"),
      try fixture.floats("\(name)/before/running_var"), 0
    )
    let input = try fixture.tensor("input-\(channels)")
    let evaluated = try NormActivation(normalization: norm)(blocked(input), .evaluation)
    let reference = try fixture.tensor("\(name)/eval_output")
    #expect(evaluated.plain.distance(to: reference) < 1e-5)
    try checkStep(
      fixture, name, NormActivation(normalization: norm), input,
      ["weight": norm.weight, "bias": norm.bias])
    let after = norm.statistics
    let mean = try fixture.tensor("\(name)/after/running_mean")
    let variance = try fixture.tensor("\(name)/after/running_var")
    #expect(Tensor(after.mean, shape: [channels]).distance(to: mean) < 1e-5)
    #expect(Tensor(after.variance, shape: [channels]).distance(to: variance) < 1e-5)
    #expect(after.batches == 1)
  }

  @Test(arguments: [2, 3], [1, 2, 8, 16, 17, 32])
  func instanceNormAgrees(rank: Int, channels: Int) throws {
    let fixture = try ParityFixture("layer_norms_\(rank)d")
    let input = try fixture.tensor("input-\(channels)")
    for name in ["instance-\(channels)", "instance_affine-\(channels)"] {
      let isAffine = name.contains("affine")
      let norm = try normalization(
        fixture, name, .init(kind: .instance, affine: isAffine), channels)
      try checkStep(
        fixture, name, NormActivation(normalization: norm), input,
        isAffine ? ["weight": norm.weight, "bias": norm.bias] : [:])
    }
  }

  @Test(arguments: [2, 3], [1, 2, 8, 16, 17, 32])
  func preluAgrees(rank: Int, channels: Int) throws {
    let fixture = try ParityFixture("layer_norms_\(rank)d"), name = "prelu-\(channels)"
    let slope = Parameter(name: "weight", value: try fixture.tensor("\(name)/weight"))
    try checkStep(
      fixture, name, NormActivation(activation: .trainable(slope)),
      fixture.tensor("input-\(channels)"), ["weight": slope])
  }

  private func normalization(
    _ fixture: ParityFixture, _ name: String, _ options: Normalization.Options, _ channels: Int
  ) throws -> Normalization {
    let norm = Normalization(options, channels: channels, name: "N")
    if options.isAffine {
      norm.weight?.value = try fixture.tensor("\(name)/weight")
      norm.bias?.value = try fixture.tensor("\(name)/bias")
    }
    return norm
  }

  private func blocked(_ x: Tensor) -> Tensor {
    x.converted(to: Tensor.layout(forChannels: x.shape[1]), .float32)
  }

  private func checkStep(
    _ fixture: ParityFixture, _ name: String, _ pass: NormActivation, _ input: Tensor,
    _ parameters: [String: Parameter?]
  ) throws {
    let start = Parameter(name: "input", value: blocked(input))
    let output = try pass(Tensor(following: start), .training)
    #expect(output.plain.distance(to: try fixture.tensor("\(name)/output")) < 1e-5, "\(name)")
    let gradient = try fixture.tensor("output_gradient-\(input.shape[1])")
    try backward(output, gradient: blocked(gradient))
    let inputGradient = try #require(start.gradient)
    let reference = try fixture.tensor("\(name)/input_gradient")
    #expect(inputGradient.distance(to: reference) < 2e-5, "\(name) input gradient")
    for (what, parameter) in parameters {
      let result = try #require(parameter?.gradient)
      let reference = try fixture.tensor("\(name)/\(what)_gradient")
      #expect(result.distance(to: reference) < 1e-5, "\(name) \(what) gradient")
    }
  }
}
