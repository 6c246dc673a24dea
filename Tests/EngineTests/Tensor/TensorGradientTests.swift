import Components
import TestSupport
import Testing

@testable import Engine

/// Gradients of the operations that scripts write losses with, against central differences in double.
@Suite struct TensorGradientTests {
  typealias Function = @Sendable (Tensor) throws -> Tensor

  /// Both axes broadcast somewhere, no element is 0 or 1, and all differ.
  private static let start: [Double] = [0.3, 1.7, -0.6, 2.2, -1.4, 0.9]

  static let functions: [(String, Function)] = [
    ("x + row", { try $0.combined(.add, with: .tensor($0.selected(along: 0, at: 1))) }),
    (
      "column - x",
      { try $0.narrowed(along: 1, from: 0, count: 1).combined(.subtract, with: .tensor($0)) }
    ),
    ("x * x", { try $0.combined(.multiply, with: .tensor($0)) }),
    ("x / row", { try $0.combined(.divide, with: .tensor($0.selected(along: 0, at: 0))) }),
    ("1 / x", { try $0.combined(.divide, with: .int(1), swapped: true) }),
    ("x ** 3", { try $0.combined(.power, with: .int(3)) }),
    ("2 ** x", { try $0.combined(.power, with: .double(2), swapped: true) }),
    ("x % 0.8", { try $0.combined(.remainder, with: .double(0.8)) }),
    ("abs", { $0.applying(.abs) }), ("neg", { $0.applying(.neg) }),
    ("exp", { $0.applying(.exp) }), ("log", { $0.applying(.abs).applying(.log) }),
    ("sqrt", { $0.applying(.abs).applying(.sqrt) }), ("sigmoid", { $0.applying(.sigmoid) }),
    ("tanh", { $0.applying(.tanh) }), ("relu", { $0.applying(.relu) }),
    ("clamp", { $0.clamped(from: -1, to: 1.5) }),
    ("softmax", { try $0.softmax(along: 1) }),
    ("sum", { try $0.combined(.multiply, with: .tensor($0.sum(over: [0]))) }),
    ("mean", { try $0.combined(.multiply, with: .tensor($0.mean(over: [1], keepingAxes: true))) }),
    ("std", { try $0.combined(.multiply, with: .tensor($0.standardDeviation())) }),
    ("max", { try $0.combined(.multiply, with: .tensor($0.maximum(over: [0]))) }),
    ("min", { try $0.combined(.multiply, with: .tensor($0.minimum())) }),
    ("x @ x.T", { try $0.matrixProduct($0.permuted(axes: [1, 0])).sum(over: [0]) }),
    ("x @ v", { try $0.matrixProduct($0.selected(along: 0, at: 1)) }),
    ("index", { try $0.indexed([.slice(SliceBounds(step: -1)), .slice(SliceBounds(start: 1))]) }),
    ("rows", { try $0.elements(at: [1, 1, 0]) }),
    ("mask", { try $0.elements(where: $0.combined(.greater, with: .int(0))) }),
    ("cat", { try Tensor.concatenated([$0, $0.applying(.exp)], along: 1) }),
    ("stack", { try Tensor.stacked([$0.applying(.tanh), $0], along: 2) }),
    (
      "where",
      {
        try .chosen(
          where: $0.combined(.greater, with: .int(0)), .tensor($0.applying(.exp)), .tensor($0))
      }
    ),
    ("reshape", { try $0.reshaped(inferring: [-1]).combined(.power, with: .int(2)) }),
    (
      "expand",
      { try $0.reshaped([1, 2, 3]).expanded(to: [2, 2, 3]).combined(.power, with: .int(2)) }
    ),
  ]

  /// A number that depends on every element of the result in its own way.
  private func loss(_ function: Function, _ x: Tensor) throws -> Tensor {
    let result = try function(x)
    let factors = (0..<result.count).map { 0.3 + Double($0 * 7 % 5) }
    return try result.combined(.multiply, with: .tensor(Tensor(factors, shape: result.shape))).sum()
  }

  @Test(arguments: functions.indices)
  func agreesWithDifferences(index: Int) throws {
    let (name, function) = Self.functions[index]
    let parameter = Parameter(name: "x", value: Tensor(Self.start, shape: [2, 3]))
    let leaf = Tensor(following: parameter)
    try backward(loss(function, leaf))
    let gradient = try #require(parameter.gradient).doubles()
    let wanted = try Self.start.indices.map { place in
      let step = 1e-6
      let sides = try [step, -step].map { shift in
        var moved = Self.start
        moved[place] += shift
        return try loss(function, Tensor(moved, shape: [2, 3])).scalarValue()
      }
      return (sides[0] - sides[1]) / (2 * step)
    }
    #expect(gradient.isClose(to: wanted, within: 1e-6), "\(name)")
  }

  @Test func goesThroughConversions() throws {
    let parameter = Parameter(name: "x", value: Tensor([1, 2] as [Float], shape: [2]))
    let leaf = Tensor(following: parameter)
    try backward(leaf.converted(to: .float64).combined(.power, with: .int(2)).sum())
    let gradient = try #require(parameter.gradient)
    #expect(gradient.dtype == .float32)
    #expect(gradient.elements(of: Float.self) == [2, 4])
  }

  @Test func isStartedFromTheLanguage() throws {
    let parameter = Parameter(name: "x", value: Tensor([1, 2] as [Float], shape: [2]))
    let leaf = TensorObject(Tensor(following: parameter))
    #expect(try leaf.attribute("requires_grad") == .bool(true))
    guard
      case .object(let square as TensorObject)? = try leaf.combine(.power, .int(2), swapped: false),
      case .function(let mean)? = try square.attribute("mean"),
      case .object(let loss as TensorObject) = try mean.call(Arguments(), .quiet()),
      case .function(let back)? = try loss.attribute("backward")
    else {
      Issue.record("no loss")
      return
    }
    _ = try back.call(Arguments(), .quiet())
    #expect(parameter.gradient?.elements(of: Float.self) == [1, 2])
    #expect(throws: Fault.self) { try back.call(Arguments(), .quiet()) }
  }

  @Test func keepsNoHistoryOfConstants() throws {
    let sum = try Tensor([1, 2] as [Float], shape: [2]).combined(.add, with: .int(1))
    #expect(sum.node == nil)
    #expect(throws: Fault.self) { try backward(sum.sum()) }
  }
}
