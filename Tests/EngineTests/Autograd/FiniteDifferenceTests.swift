import Components
import TestSupport
import Testing

@testable import Engine

/// Gradients of a whole small network against differences of its loss.
@Suite struct FiniteDifferenceTests {
  @Test(arguments: ["batch", "instance"], [2, 3])
  func gradientMatchesDifferences(normalization: String, rank: Int) throws {
    let network = try #require(
      UNet.make([
        "spatial_dims": .int(rank), "in_channels": .int(2), "out_channels": .int(3),
        "channels": .list([.int(4), .int(20)]), "strides": .list([.int(2)]),
        "num_res_units": .int(1), "norm": .string(normalization), "act": .string("leakyrelu"),
      ]).build(.quiet()) as? UNetNetwork)
    let loss = try #require(
      DiceLoss.make(["to_onehot_y": .bool(true), "softmax": .bool(true)]).build(.quiet())
        as? any Loss)
    let sizes = Array(repeating: 6, count: rank), count = sizes.reduce(1, *)
    let input = Tensor(
      (0..<4 * count).map { Float(sinOf(Double($0 * $0))) }, shape: [2, 2] + sizes)
    let label = Tensor((0..<2 * count).map { Float($0 % 3) }, shape: [2, 1] + sizes)
    try backward(loss(network.forward(input, .training), label))
    let gradients = network.parameters.compactMap(\.gradient)
    #expect(gradients.count == network.parameters.count)

    // Along the gradient itself the slope of the loss is the square of the gradient's norm; the
    // distance changes the loss by 3e-4, far above its rounding.
    let size = norm(gradients.flatMap { $0.doubles() })
    let distance = 3e-4 / (size * size)
    let start = network.parameters.map(\.value)
    func value(at distance: Double) throws -> Double {
      for (index, parameter) in network.parameters.enumerated() {
        let gradient = gradients[index].doubles()
        let moved = zip(start[index].doubles(), gradient).map { Float($0 + distance * $1) }
        parameter.value = Tensor(moved, shape: start[index].shape)
      }
      return try loss(network.forward(input, .training), label).scalarValue()
    }
    let slope = try (value(at: distance) - value(at: -distance)) / (2 * distance)
    #expect((slope / (size * size) - 1).magnitude < 0.02)
  }
}
