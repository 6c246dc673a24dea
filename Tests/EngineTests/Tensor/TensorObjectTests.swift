import Components
import Engine
import TestSupport
import Testing

@Suite struct TensorObjectTests {
  private let matrix = TensorObject(Tensor((0..<6).map { Float($0) / 2 }, shape: [2, 3]))

  private func call(
    _ object: TensorObject, _ method: String, _ arguments: Value..., named: ValueDictionary = [:]
  ) throws -> Value {
    guard case .function(let function)? = try object.attribute(method) else {
      throw Fault(.unknownName, "no method \(method)")
    }
    return try function.call(Arguments(arguments, named: named), .quiet())
  }

  private func tensor(_ value: Value?) throws -> Tensor {
    guard case .object(let object as TensorObject)? = value else {
      throw Fault(.wrongType, "no tensor")
    }
    return object.tensor
  }

  @Test func showsDTypeShapeRangeAndCorner() {
    #expect(
      matrix.summary == """
        tensor float32 [2, 3]  min 0  max 2.5
            0  0.5    1
          1.5    2  2.5
        """)
    #expect(TensorObject(Tensor([0.25] as [Float], shape: [])).summary == "tensor 0.25 float32")
    #expect(TensorObject(Tensor(zeros: [0, 4])).summary == "tensor float32 [0, 4]  empty")
    #expect(
      TensorObject(Tensor([true, false], shape: [2])).summary.hasSuffix("\n   True  False"))
    let large = TensorObject(Tensor(zeros: [2, 3, 40, 50], dtype: .int64)).summary
    #expect(large.hasPrefix("tensor int64 [2, 3, 40, 50]  min 0  max 0\n  [0, 0, :, :]\n  0"))
    #expect(large.split(separator: "\n").count == 9)
  }

  @Test func showsNaN() {
    let odd = TensorObject(Tensor([1, .nan] as [Float], shape: [2]))
    #expect(odd.summary == "tensor float32 [2]  min 1  max 1  1 NaN\n    1  nan")
  }

  @Test func hasAttributes() throws {
    #expect(try matrix.attribute("shape") == .tuple([.int(2), .int(3)]))
    #expect(try matrix.attribute("dtype") == .string("float32"))
    #expect(try matrix.attribute("ndim") == .int(2))
    #expect(try tensor(matrix.attribute("T")).elements(of: Float.self) == [0, 1.5, 0.5, 2, 1, 2.5])
    #expect(try matrix.attribute("nothing") == nil)
    #expect(matrix.attributeNames == matrix.attributeNames.sorted())
    for name in matrix.attributeNames { #expect(try matrix.attribute(name) != nil) }
  }

  @Test func hasMethods() throws {
    #expect(try call(TensorObject(tensor(call(matrix, "mean"))), "item") == .double(1.25))
    #expect(
      try call(TensorObject(tensor(call(matrix, "sum", .int(0)))), "tolist")
        == .list([.double(1.5), .double(2.5), .double(3.5)]))
    #expect(
      try tensor(call(matrix, "sum", named: ["dim": .int(1), "keepdim": .bool(true)])).shape == [
        2, 1,
      ])
    let largest = try call(matrix, "max", .int(1))
    #expect(try tensor(largest.elements?.last).elements(of: Int64.self) == [2, 2])
    #expect(try tensor(call(matrix, "reshape", .int(3), .int(-1))).shape == [3, 2])
    #expect(try tensor(call(matrix, "reshape", .tuple([.int(6)]))).shape == [6])
    #expect(try tensor(call(matrix, "unsqueeze", .int(-1))).shape == [2, 3, 1])
    #expect(try tensor(call(matrix, "long")).dtype == .int64)
    #expect(try tensor(call(matrix, "to", .string("torch.uint8"))).dtype == .uint8)
    #expect(try call(matrix, "numel") == .int(6))
  }

  @Test func wordsMistakesInCalls() {
    let unknown = #expect(throws: Fault.self) { try call(matrix, "sum", named: ["dims": .int(0)]) }
    #expect(unknown?.suggestion == "dim")
    let many = #expect(throws: Fault.self) { try call(matrix, "item", .int(1)) }
    #expect(many?.message == "item takes 0 arguments at most")
    let item = #expect(throws: Fault.self) { try call(matrix, "item") }
    #expect(item?.got == "shape [2, 3]")
    let dtype = #expect(throws: Fault.self) { try call(matrix, "to", .string("float23")) }
    #expect(dtype?.suggestion == "float32")
  }

  @Test func boundsLists() {
    let large = TensorObject(Tensor(zeros: [100]))
    #expect(throws: Fault.self) {
      guard case .function(let function)? = try large.attribute("tolist") else { return }
      _ = try function.call(
        Arguments(),
        CallContext(
          output: RecordingSink(), cancellation: Cancellation(),
          budget: StepBudget(steps: 1000, largestValue: 99)))
    }
  }

  @Test func indexes() throws {
    #expect(matrix.count == 2)
    #expect(try tensor(matrix.element(at: .int(-1))).elements(of: Float.self) == [1.5, 2, 2.5])
    let column = try matrix.element(at: .tuple([.slice(SliceBounds()), .int(1)]))
    #expect(try tensor(column).elements(of: Float.self) == [0.5, 2])
    #expect(try tensor(matrix.element(at: .none)).shape == [1, 2, 3])
    let mask = try #require(try matrix.combine(.greater, .double(1), swapped: false))
    #expect(try tensor(matrix.element(at: mask)).elements(of: Float.self) == [1.5, 2, 2.5])
    #expect(
      try tensor(matrix.element(at: .list([.int(1), .int(0)]))).elements(of: Float.self)
        == [1.5, 2, 2.5, 0, 0.5, 1])
    #expect(throws: Fault.self) { try matrix.element(at: .string("image")) }
  }

  @Test func computesWithNumbers() throws {
    let less = try tensor(matrix.combine(.subtract, .int(1), swapped: true))
    #expect(less.elements(of: Float.self) == [1, 0.5, 0, -0.5, -1, -1.5])
    #expect(try matrix.combine(.add, .string("x"), swapped: false) == nil)
    #expect(try tensor(matrix.negated()).elements(of: Float.self)[5] == -2.5)
    let product = try matrix.combine(.matrixProduct, matrix.attribute("T") ?? .none, swapped: false)
    #expect(try tensor(product).shape == [2, 2])
  }
}
