import Components
import Engine
import TestSupport
import Testing

/// Expected numbers are torch 1.13.1's.
@Suite struct TensorArithmeticTests {
  private func floats(_ elements: [Float], _ shape: [Int]? = nil) -> ElementwiseOperand {
    .tensor(Tensor(elements, shape: shape ?? [elements.count]))
  }

  @Test func broadcastsAxesOfOne() throws {
    let column = Tensor([1, 2] as [Float], shape: [2, 1])
    let sum = try column.combined(.add, with: floats([10, 20, 30]))
    #expect(sum.shape == [2, 3])
    #expect(sum.elements(of: Float.self) == [11, 21, 31, 12, 22, 32])
    let cube = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])
    let plane = try cube.combined(.subtract, with: floats([0, 4, 8], [3, 1]), swapped: true)
    #expect(plane.elements(of: Float.self)[20...] == [-12, -13, -14, -15])
  }

  @Test func refusesShapesThatDoNotFit() {
    let a = Tensor(zeros: [2, 3])
    let fault = #expect(throws: Fault.self) {
      try a.combined(.add, with: .tensor(Tensor(zeros: [4])))
    }
    #expect(fault?.kind == .shape)
    #expect(fault?.message == "shapes [2, 3] and [4] do not go together")
  }

  @Test func refusesResultsFarLargerThanTheirOperands() {
    let a = Tensor(zeros: [1 << 16, 1], dtype: .uint8)
    let fault = #expect(throws: Fault.self) {
      try a.combined(.add, with: .tensor(Tensor(zeros: [1, 1 << 16], dtype: .uint8)))
    }
    #expect(fault?.kind == .limit)
  }

  @Test(arguments: [
    (DType.int32, DType.uint8, DType.int32), (.int64, .float32, .float32),
    (.bfloat16, .float32, .float32), (.bool, .uint8, .uint8), (.bfloat16, .int64, .bfloat16),
    (.float32, .float64, .float64),
  ])
  func promotesTensors(left: DType, right: DType, wanted: DType) throws {
    let (a, b) = (Tensor(zeros: [2], dtype: left), Tensor(zeros: [2], dtype: right))
    #expect(try a.combined(.add, with: .tensor(b)).dtype == wanted)
    #expect(try b.combined(.add, with: .tensor(a)).dtype == wanted)
  }

  @Test(arguments: [
    (DType.int32, DType.int32, DType.float32), (.bfloat16, .bfloat16, .bfloat16),
    (.bool, .int64, .float32), (.uint8, .uint8, .float32), (.float32, .float32, .float32),
  ])
  func numbersWeighLess(dtype: DType, withInt: DType, withDouble: DType) throws {
    let a = Tensor(zeros: [2], dtype: dtype)
    #expect(try a.combined(.add, with: .int(1)).dtype == withInt)
    #expect(try a.combined(.add, with: .double(1.5)).dtype == withDouble)
    #expect(try a.combined(.add, with: .bool(true)).dtype == dtype)
  }

  @Test func tensorsWithoutAxesWeighLess() throws {
    let scalar = Tensor([1.5], shape: [])
    #expect(try Tensor(zeros: [2]).combined(.add, with: .tensor(scalar)).dtype == .float32)
    let whole = Tensor(zeros: [2], dtype: .int32)
    #expect(try whole.combined(.add, with: .tensor(scalar)).dtype == .float64)
  }

  @Test func dividesIntegersAsPython() throws {
    let a = Tensor([7, -7, 7, -7] as [Int64], shape: [4])
    let b = ElementwiseOperand.tensor(Tensor([2, 2, -2, -2] as [Int64], shape: [4]))
    #expect(try a.combined(.floorDivide, with: b).elements(of: Int64.self) == [3, -4, -4, 3])
    #expect(try a.combined(.remainder, with: b).elements(of: Int64.self) == [1, 1, -1, -1])
    #expect(
      try a.combined(.divide, with: b).elements(of: Float.self) == [3.5, -3.5, -3.5, 3.5])
    #expect(
      try a.combined(.power, with: .int(3)).elements(of: Int64.self) == [343, -343, 343, -343])
  }

  @Test func dividesFloatsAsPython() throws {
    let x = Tensor([7.5, -7.5, 1e-3] as [Float], shape: [3])
    #expect(try x.combined(.floorDivide, with: .int(2)).elements(of: Float.self) == [3, -4, 0])
    #expect(
      try x.combined(.remainder, with: .int(2)).elements(of: Float.self) == [1.5, 0.5, 1e-3])
    let zero = try x.combined(.divide, with: .int(0)).elements(of: Float.self)
    #expect(zero == [.infinity, -.infinity, .infinity])
  }

  @Test func refusesIntegerDivisionByZero() {
    let a = Tensor([1, 2] as [Int32], shape: [2])
    #expect(throws: Fault.self) { try a.combined(.floorDivide, with: .int(0)) }
    #expect(throws: Fault.self) { try a.combined(.remainder, with: .int(0)) }
    #expect(throws: Fault.self) { try a.combined(.power, with: .int(-1)) }
  }

  @Test func integersWrapInsteadOfTrapping() throws {
    let a = Tensor([Int64.max, Int64.min], shape: [2])
    #expect(try a.combined(.add, with: .int(1)).elements(of: Int64.self) == [.min, .min + 1])
    #expect(
      try a.combined(.floorDivide, with: .int(-1)).elements(of: Int64.self) == [-.max, .min])
    #expect(try a.combined(.remainder, with: .int(-1)).elements(of: Int64.self) == [0, 0])
  }

  @Test func comparesAcrossRanges() throws {
    let a = Tensor([44, 255] as [UInt8], shape: [2])
    #expect(try a.combined(.equal, with: .int(300)).elements(of: Bool.self) == [false, false])
    #expect(try a.combined(.less, with: .int(300)).elements(of: Bool.self) == [true, true])
    let x = Tensor([1, .nan] as [Float], shape: [2])
    #expect(try x.combined(.equal, with: .tensor(x)).elements(of: Bool.self) == [true, false])
    #expect(
      try x.combined(.greater, with: .double(0.5), swapped: true).elements(of: Bool.self)
        == [false, false])
  }

  @Test func sumsAndProductsOfBoolAreOrAndAnd() throws {
    let a = Tensor([true, true, false, false], shape: [4])
    let b = ElementwiseOperand.tensor(Tensor([true, false, true, false], shape: [4]))
    #expect(try a.combined(.add, with: b).elements(of: Bool.self) == [true, true, true, false])
    #expect(
      try a.combined(.multiply, with: b).elements(of: Bool.self) == [true, false, false, false])
    #expect(throws: Fault.self) { try a.combined(.subtract, with: b) }
  }

  @Test func bfloat16RoundsToNearestEven() throws {
    let x = Tensor([1.00390625, 1.01171875, -2.5, 3.3895e38, .infinity] as [Float], shape: [5])
    #expect(
      x.converted(to: .bfloat16).doubles() == [
        1, 1.015625, -2.5, 3.3895313892515355e+38, .infinity,
      ])
    let nan = Tensor([Float.nan], shape: []).converted(to: .bfloat16)
    #expect(nan.scalarValue().isNaN)
    let sum = try x.converted(to: .bfloat16).combined(.add, with: .double(0.00390625))
    #expect(sum.dtype == .bfloat16 && sum.doubles()[0] == 1)
  }

  @Test func convertsAsTorch() {
    let x = Tensor([300.7, -1.5, 2.9] as [Float], shape: [3])
    #expect(x.converted(to: .uint8).elements(of: UInt8.self) == [44, 255, 2])
    #expect(x.converted(to: .int64).elements(of: Int64.self) == [300, -1, 2])
    let odd = Tensor([0, 0.5, .nan, 1e30] as [Float], shape: [4])
    #expect(odd.converted(to: .bool).elements(of: Bool.self) == [false, true, true, true])
    #expect(odd.converted(to: .int32).elements(of: Int32.self) == [0, 0, .min, .min])
  }

  @Test func appliesFunctions() throws {
    let x = Tensor([0.5, 1.5, 2.5, -0.5] as [Float], shape: [4])
    #expect(x.applying(.round).elements(of: Float.self) == [0, 2, 2, 0])
    #expect(x.applying(.abs).elements(of: Float.self) == [0.5, 1.5, 2.5, 0.5])
    #expect(x.clamped(from: 0, to: 2).elements(of: Float.self) == [0.5, 1.5, 2, 0])
    let whole = Tensor([-3, 4] as [Int32], shape: [2])
    #expect(whole.applying(.abs).elements(of: Int32.self) == [3, 4])
    #expect(whole.applying(.exp).dtype == .float32)
    #expect(whole.clamped(from: -1.5, to: nil).elements(of: Int32.self) == [-1, 4])
    let soft = try Tensor([1, 2, 3] as [Float], shape: [3]).softmax(along: 0)
    #expect(
      soft.doubles().isClose(
        to: [0.09003057330846786, 0.2447284758090973, 0.6652409434318542], within: 1e-7))
  }

  @Test func choosesByMask() throws {
    let mask = Tensor([true, false], shape: [2, 1])
    let chosen = try Tensor.chosen(where: mask, floats([1, 2, 3]), .int(0))
    #expect(chosen.shape == [2, 3])
    #expect(chosen.elements(of: Float.self) == [1, 2, 3, 0, 0, 0])
  }

  @Test func multipliesMatrices() throws {
    let a = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let product = try a.matrixProduct(Tensor([1, 0, 2, 1, 0, 3] as [Float], shape: [3, 2]))
    #expect(product.shape == [2, 2])
    #expect(product.elements(of: Float.self) == [5, 11, 14, 23])
    let vector = try a.matrixProduct(Tensor([1, 1, 1] as [Float], shape: [3]))
    #expect(vector.shape == [2])
    #expect(vector.elements(of: Float.self) == [6, 15])
    #expect(throws: Fault.self) { try a.matrixProduct(a) }
  }
}
