import Components
import Engine
import TestSupport
import Testing

/// Expected numbers are torch 1.13.1's.
@Suite struct TensorReductionTests {
  private let cube = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])

  @Test func sumsOverAxes() throws {
    #expect(try cube.sum().elements(of: Float.self) == [276])
    #expect(try cube.sum().shape == [])
    #expect(try cube.sum(over: [0, 2]).elements(of: Float.self) == [60, 92, 124])
    #expect(try cube.sum(over: [-1], keepingAxes: true).shape == [2, 3, 1])
    #expect(try cube.sum(over: [1]).elements(of: Float.self) == [12, 15, 18, 21, 48, 51, 54, 57])
    #expect(try cube.sum(over: [0, 1]).elements(of: Float.self) == [60, 66, 72, 78])
  }

  /// A running float32 sum would stop at 2^24.
  @Test func sumsInDouble() throws {
    let ones = Tensor(shape: [(1 << 24) + 8], of: Float.self) { $0.initialize(repeating: 1) }
    #expect(try ones.sum().scalarValue() == Double((1 << 24) + 8))
  }

  @Test func sumsOfIntegersAreInt64() throws {
    let flags = try Tensor([true, true, false], shape: [3]).sum()
    #expect(flags.dtype == .int64 && flags.scalarValue() == 2)
    let bytes = try Tensor([200, 100] as [UInt8], shape: [2]).sum()
    #expect(bytes.scalarValue() == 300)
    #expect(try Tensor([1, 2] as [Int32], shape: [2]).mean().scalarValue() == 1.5)
  }

  @Test func reductionsOfNothing() throws {
    let empty = Tensor(zeros: [0, 3])
    #expect(try empty.sum().scalarValue() == 0)
    #expect(try empty.sum(over: [0]).elements(of: Float.self) == [0, 0, 0])
    #expect(try empty.mean().scalarValue().isNaN)
    #expect(try empty.sum(over: [1]).shape == [0])
    let fault = #expect(throws: Fault.self) { try empty.maximum() }
    #expect(fault?.message == "a tensor of shape [0, 3] has no largest element")
  }

  @Test func spreadsWithAndWithoutCorrection() throws {
    let x = Tensor([1, 2, 4] as [Float], shape: [3])
    #expect(try x.standardDeviation().doubles().isClose(to: [1.5275252], within: 1e-6))
    #expect(
      try x.standardDeviation(unbiased: false).doubles().isClose(to: [1.2472191], within: 1e-6))
    #expect(try Tensor([1] as [Float], shape: [1]).standardDeviation().scalarValue().isNaN)
  }

  @Test func extremaPreferNaNAndTheFirst() throws {
    let x = Tensor([1, 5, 5, .nan, 2, 9] as [Float], shape: [2, 3])
    #expect(try x.argmax().elements(of: Int64.self) == [3])
    #expect(try x.argmax(along: 1).elements(of: Int64.self) == [1, 0])
    #expect(try x.maximum().scalarValue().isNaN)
    #expect(try x.maximum(over: [0]).doubles().isClose(to: [.nan, 5, 9], within: 0))
    #expect(try x.argmin(along: 0).elements(of: Int64.self) == [1, 1, 0])
    let bytes = Tensor([3, 200, 7] as [UInt8], shape: [3])
    let largest = try bytes.maximum()
    #expect(largest.dtype == .uint8 && largest.scalarValue() == 200)
    #expect(try Tensor([Int64.min, -1], shape: [2]).minimum().scalarValue() == -0x1p63)
  }

  @Test func anyAndAll() throws {
    let x = Tensor([0, 1, 2, 3] as [Float], shape: [2, 2])
    #expect(try x.all().elements(of: Bool.self) == [false])
    #expect(try x.any().elements(of: Bool.self) == [true])
    #expect(try x.all(over: [1]).elements(of: Bool.self) == [false, true])
    #expect(try Tensor(zeros: [0]).all().elements(of: Bool.self) == [true])
  }

  @Test func refusesAxesThatAreNotThere() {
    let fault = #expect(throws: Fault.self) { try cube.sum(over: [3]) }
    #expect(fault?.message == "a tensor of shape [2, 3, 4] has no axis 3")
    #expect(fault?.wanted == "-3...2")
    #expect(throws: Fault.self) { try cube.sum(over: [0, -3]) }
  }
}
