import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct BackwardTests {
  private func parameter(_ values: [Float]) -> Parameter {
    Parameter(name: "p", value: Tensor(values, shape: [1, 1, 1, values.count]))
  }

  /// max(x, 0) + 0.5 · min(x, 0), summed by DiceLoss-free means: its gradient is 1 or 0.5.
  private func leaky(_ x: Tensor) throws -> Tensor {
    try NormActivation(activation: .fixed(slope: 0.5))(x, .training)
  }

  @Test func gradientsAddUpOverUses() throws {
    let p = parameter([1, -2])
    let x = Tensor(following: p)
    let y = try NormActivation(activation: .fixed(slope: 0.5))(x, residual: x, .training)
    try backward(y, gradient: Tensor([1, 10] as [Float], shape: y.shape))
    #expect(p.gradient?.doubles() == [2, 15])
    try backward(
      try leaky(Tensor(following: p)), gradient: Tensor([1, 1] as [Float], shape: y.shape))
    #expect(p.gradient?.doubles() == [3, 15.5])
  }

  @Test func refusesASecondPass() throws {
    let p = parameter([1, -2])
    let y = try leaky(Tensor(following: p))
    let ones = Tensor([1, 1] as [Float], shape: y.shape)
    try backward(y, gradient: ones)
    let fault = #expect(throws: Fault.self) { try backward(y, gradient: ones) }
    #expect(fault?.message == "backward has already run through this graph")
  }

  @Test func noticesChangedWeights() throws {
    let p = parameter([1, -2])
    let y = try leaky(Tensor(following: p))
    p.value = Tensor([5, 5] as [Float], shape: y.shape)
    let fault = #expect(throws: Fault.self) {
      try backward(y, gradient: Tensor([1, 1] as [Float], shape: y.shape))
    }
    #expect(fault?.message == "p has changed since the forward pass")
    #expect(p.gradient == nil)
  }

  @Test func startsFromOneNumberWithAHistory() throws {
    let shape = #expect(throws: Fault.self) { try backward(Tensor(zeros: [2])) }
    #expect(shape?.kind == .shape)
    let history = #expect(throws: Fault.self) { try backward(Tensor(scalar: 1)) }
    #expect(history?.kind == .state)
  }

  @Test func carriesNaN() throws {
    let p = parameter([.nan, 1])
    let y = try leaky(Tensor(following: p))
    #expect(y.doubles()[0].isNaN)
    try backward(y, gradient: Tensor([.nan, 1] as [Float], shape: y.shape))
    #expect(p.gradient?.doubles()[0].isNaN == true)
    #expect(p.gradient?.doubles()[1] == 1)
  }

  /// Releasing node by node would need a stack frame for each.
  @Test func releasesAnUnusedDeepGraph() throws {
    weak var first: GraphNode?
    do {
      var x = Tensor(following: parameter([1]))
      first = x.node
      for _ in 0..<200_000 { x = x.detached.recorded([.init(x)]) { [$0] } }
      #expect(x.node != nil)
    }
    #expect(first == nil)
  }

  @Test func recordsNothingWithoutBeingAsked() throws {
    let y = try NormActivation(activation: .fixed(slope: 0.5))(
      Tensor(following: parameter([1])), .evaluation)
    #expect(y.node == nil)
  }
}
