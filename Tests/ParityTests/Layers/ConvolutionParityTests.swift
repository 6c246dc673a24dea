import Components
import TestSupport
import Testing

@testable import Engine

/// Convolutions of every layout, forward and backward, against torch 1.13.1.
@Suite struct ConvolutionParityTests {
  struct Case: Decodable {
    var in_channels, out_channels, kernel_size, stride, padding: Int
  }

  @Test(arguments: ["conv_2d", "conv_3d", "conv_transpose_2d", "conv_transpose_3d"])
  func agrees(kind: String) throws {
    let fixture = try ParityFixture("layer_\(kind)")
    let isTransposed = kind.contains("transpose")
    for (name, layer) in try fixture.note("cases", as: [String: Case].self) {
      let input = try fixture.tensor("\(name)/input"), rank = input.rank - 2
      func axes(_ value: Int) -> [Int] { Array(repeating: value, count: rank) }
      let shape = ConvolutionShape(
        inChannels: isTransposed ? layer.out_channels : layer.in_channels,
        outChannels: isTransposed ? layer.in_channels : layer.out_channels,
        kernel: axes(layer.kernel_size), stride: axes(layer.stride),
        padding: axes(layer.padding), dilation: axes(1))
      let weight = Parameter(name: "weight", value: try fixture.tensor("\(name)/weight"))
      let bias = Parameter(name: "bias", value: try fixture.tensor("\(name)/bias"))
      let start = Parameter(name: "input", value: input)
      let weights = ConvolutionWeights(weight, shape)
      let expected = try fixture.tensor("\(name)/output")
      let x = Tensor(following: start)
      let convolved =
        isTransposed
        ? try transposedConvolution(
          x, weights, sizes: Array(expected.shape.dropFirst(2)), .training)
        : try convolution(x, weights, .training)
      let output = try NormActivation(bias: bias)(convolved, .training)
      #expect(output.plain.distance(to: expected) < 1e-5, "\(name) output")

      let gradient = try fixture.tensor("\(name)/output_gradient")
      try backward(output, gradient: gradient.converted(to: output.layout, .float32))
      for (parameter, what) in [(start, "input"), (weight, "weight"), (bias, "bias")] {
        let result = try #require(parameter.gradient)
        let reference = try fixture.tensor("\(name)/\(what)_gradient")
        #expect(result.distance(to: reference) < 1e-5, "\(name) \(what) gradient")
      }
    }
  }
}
