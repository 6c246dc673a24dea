import Components
import TestSupport
import Testing

@testable import Engine

/// Every variant of DiceLoss and its gradient against MONAI 0.8.1.
@Suite struct DiceLossParityTests {
  @Test(arguments: ["3d", "2d", "one_channel", "onehot", "empty_class", "golden"])
  func agrees(kind: String) throws {
    let fixture = try ParityFixture("dice_loss")
    let cases = fixture.names.compactMap { name -> String? in
      let parts = name.split(separator: "/")
      return parts.count == 3 && parts[0] == kind && parts[2] == "loss" ? String(parts[1]) : nil
    }
    #expect(!cases.isEmpty)
    for name in cases {
      let arguments = try Arguments(fixture.note("\(kind)/\(name)")).value
      let loss = try #require(DiceLoss.make(arguments).build(.quiet()) as? any Loss)
      let entry = name == "raw_probabilities" ? "probabilities" : "logits"
      let start = Parameter(name: "prediction", value: try fixture.tensor("\(kind)/\(entry)"))
      let value = try loss(Tensor(following: start), fixture.tensor("\(kind)/label"))
      let expected = try fixture.tensor("\(kind)/\(name)/loss")
      #expect(value.shape == expected.shape, "\(kind)/\(name)")
      #expect(value.distance(to: expected) < 1e-5, "\(kind)/\(name)")
      let ones = Array(repeating: Float(1), count: value.count)
      try backward(value, gradient: Tensor(ones, shape: value.shape))
      let gradient = try #require(start.gradient)
      let reference = try fixture.tensor("\(kind)/\(name)/gradient")
      #expect(gradient.distance(to: reference) < 1e-4, "\(kind)/\(name) gradient")
    }
  }
}
