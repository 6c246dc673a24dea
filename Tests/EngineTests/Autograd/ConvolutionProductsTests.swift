import Testing

@testable import Engine

/// Which sums a convolution takes, told by numbers on which the direct ones are exact and Winograd's are
/// not: each output is one of its inputs, but 1 - 2²⁶ has no room in a float.
@Suite struct ConvolutionProductsTests {
  private static let sizes = [3, 4, 9]
  private static let large = Float(1 << 26)
  /// Along x: 1, 0, 2²⁶ and again.
  private static let row = (0..<sizes[2]).map { [1, 0, large][$0 % 3] }
  private static let input = Tensor(
    Array(repeating: row, count: 16 * sizes[0] * sizes[1]).flatMap { $0 }, shape: [1, 16] + sizes)

  /// Each output takes its left neighbour; transposed, its right one.
  private static func weights() -> ConvolutionWeights {
    var values = Array(repeating: Float(0), count: 16 * 16 * 27)
    for channel in 0..<16 { values[(channel * 16 + channel) * 27 + 12] = 1 }
    let ones = [1, 1, 1]
    return ConvolutionWeights(
      Parameter(name: "weight", value: Tensor(values, shape: [16, 16, 3, 3, 3])),
      ConvolutionShape(
        inChannels: 16, outChannels: 16, kernel: [3, 3, 3], stride: ones, padding: ones,
        dilation: ones))
  }

  private static func output(isTransposed: Bool, _ mode: ForwardMode) throws -> [Float] {
    let result =
      isTransposed
      ? try transposedConvolution(input, weights(), sizes: sizes, mode)
      : try convolution(input, weights(), mode)
    return result.converted(to: .plain, .float32).elements(of: Float.self)
  }

  private static func exact(isTransposed: Bool) -> [Float] {
    let moved = isTransposed ? Array(row[1...]) + [0] : [0] + Array(row[..<(row.count - 1)])
    return Array(repeating: moved, count: 16 * sizes[0] * sizes[1]).flatMap { $0 }
  }

  @Test(arguments: [false, true])
  func activationsThatAreDifferentiatedAreDirectSums(isTransposed: Bool) throws {
    let looking = ForwardMode(isTraining: false, recordsGradients: true)
    for mode in [ForwardMode.training, looking] {
      let made = try Self.output(isTransposed: isTransposed, mode)
      #expect(made == Self.exact(isTransposed: isTransposed))
    }
  }

  @Test(arguments: [false, true])
  func othersTakeFewerProducts(isTransposed: Bool) throws {
    let made = try Self.output(isTransposed: isTransposed, .evaluation)
    let exact = Self.exact(isTransposed: isTransposed)
    #expect(zip(made, exact).allSatisfy { abs($0 - $1) <= 1e-6 * Self.large })
    // Blocks of 16 are oneDNN's alone.
    #expect((made == exact) == (Tensor.blockWidth == 16))
  }

  @Test(arguments: [false, true])
  func soDoGradientsOfInputs(isTransposed: Bool) throws {
    let parameter = Parameter(name: "input", value: Self.input)
    let input = Tensor(following: parameter)
    let made =
      isTransposed
      ? try transposedConvolution(input, Self.weights(), sizes: Self.sizes, .training)
      : try convolution(input, Self.weights(), .training)
    try backward(made, gradient: Self.input)
    let gradient = try #require(parameter.gradient).elements(of: Float.self)
    let exact = Self.exact(isTransposed: !isTransposed)
    #expect(zip(gradient, exact).allSatisfy { abs($0 - $1) <= 1e-6 * Self.large })
    #expect((gradient == exact) == (Tensor.blockWidth == 16))
  }
}
