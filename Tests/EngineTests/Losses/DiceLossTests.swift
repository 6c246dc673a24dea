import Components
import Engine
import TestSupport
import Testing

@Suite struct DiceLossTests {
  static let logits = Tensor((0..<32).map { Float(sinOf(Double($0))) }, shape: [2, 2, 2, 2, 2])
  static let labels = Tensor((0..<16).map { $0 % 3 == 0 ? Float(1) : 0 }, shape: [2, 1, 2, 2, 2])

  /// Values computed with MONAI 0.8.1.
  @Test(
    arguments: [
      ([:], 0.4657224), (["include_background": .bool(false)], 0.5194605),
      (["squared_pred": .bool(true)], 0.3305192), (["jaccard": .bool(true)], 0.6336218),
      (["batch": .bool(true)], 0.465631),
    ] as [(ValueDictionary, Double)])
  func agreesWithReferenceValues(options: ValueDictionary, expected: Double) throws {
    let loss = try Self.loss(options)
    let value = try loss(Self.logits, Self.labels).scalarValue()
    #expect((value - expected).magnitude < 1e-6)
  }

  @Test func rejectsTargetsOfAnotherShape() throws {
    let loss = try Self.loss([:])
    let fault = #expect(throws: Fault.self) { try loss(Self.logits, Self.logits) }
    #expect(fault?.kind == .shape)
    #expect(fault?.wanted == "[2, 1, 2, 2, 2]")
  }

  @Test func namesAClassWithoutChannel() throws {
    let loss = try Self.loss([:])
    let labels = Tensor((0..<16).map { $0 == 5 ? Float(3) : 0 }, shape: [2, 1, 2, 2, 2])
    let fault = #expect(throws: Fault.self) { try loss(Self.logits, labels) }
    #expect(fault?.got == "3")
    #expect(fault?.wanted == "0 to 1")
  }

  static func loss(_ options: ValueDictionary) throws -> any Loss {
    var arguments: ValueDictionary = ["to_onehot_y": .bool(true), "softmax": .bool(true)]
    for (name, value) in options { arguments[name] = value }
    return try #require(DiceLoss.make(arguments).build(.quiet()) as? any Loss)
  }
}
