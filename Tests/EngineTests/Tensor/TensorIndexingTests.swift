import Components
import Engine
import Testing

/// Expected numbers are torch 1.13.1's.
@Suite struct TensorIndexingTests {
  private let cube = Tensor((0..<24).map { Int64($0) }, shape: [2, 3, 4])

  private func elements(_ tensor: Tensor) -> [Int64] { tensor.elements(of: Int64.self) }

  @Test func takesPositionsAndSlices() throws {
    let part = try cube.indexed([
      .position(1), .slice(SliceBounds()), .slice(SliceBounds(step: 2)),
    ])
    #expect(part.shape == [3, 2])
    #expect(elements(part) == [12, 14, 16, 18, 20, 22])
    let corner = try cube.indexed([
      .position(-1), .slice(SliceBounds(start: 1)), .position(-1),
    ])
    #expect(elements(corner) == [19, 23])
    #expect(try cube.indexed([.slice(SliceBounds()), .newAxis]).shape == [2, 1, 3, 4])
    #expect(try cube.indexed([.slice(SliceBounds(start: 5))]).shape == [0, 3, 4])
  }

  @Test func slicesAsPythonDoes() throws {
    let row = Tensor((0..<6).map { Int64($0) }, shape: [6])
    func sliced(_ start: Int?, _ stop: Int?, _ step: Int?) throws -> [Int64] {
      elements(try row.indexed([.slice(SliceBounds(start: start, stop: stop, step: step))]))
    }
    #expect(try sliced(nil, nil, -1) == [5, 4, 3, 2, 1, 0])
    #expect(try sliced(4, 1, -2) == [4, 2])
    #expect(try sliced(-100, 100, 4) == [0, 4])
    #expect(try sliced(-2, nil, nil) == [4, 5])
    #expect(try sliced(3, 3, nil) == [])
    #expect(try sliced(1, nil, .max) == [1])
    #expect(try sliced(nil, nil, .min) == [5])
    #expect(try sliced(.min, .max, nil) == [0, 1, 2, 3, 4, 5])
    #expect(throws: Fault.self) { try sliced(nil, nil, 0) }
  }

  @Test func refusesPositionsOutside() {
    let fault = #expect(throws: Fault.self) { try cube.indexed([.position(0), .position(3)]) }
    #expect(fault?.message == "index 3 is outside axis 1 of shape [2, 3, 4]")
    #expect(fault?.wanted == "-3...2")
    #expect(throws: Fault.self) { try cube.indexed(Array(repeating: .position(0), count: 4)) }
    #expect(throws: Fault.self) { try cube.narrowed(along: 2, from: 3, count: .max) }
  }

  @Test func narrowsAndSelects() throws {
    #expect(
      elements(try cube.narrowed(along: -1, from: 1, count: 2).selected(along: 0, at: 0))
        == [1, 2, 5, 6, 9, 10])
    #expect(elements(try cube.selected(along: 1, at: -1)) == [8, 9, 10, 11, 20, 21, 22, 23])
  }

  @Test func permutesEveryDType() throws {
    for dtype in DType.allCases {
      let turned = try cube.converted(to: dtype).permuted(axes: [2, 0, 1])
      let wanted = try cube.permuted(axes: [2, 0, 1]).converted(to: dtype)
      #expect(turned.shape == [4, 2, 3])
      #expect(turned.doubles() == wanted.doubles())
    }
    #expect(
      elements(try cube.permuted(axes: [2, 0, 1]).selected(along: 0, at: 1))
        == [1, 5, 9, 13, 17, 21])
    #expect(throws: Fault.self) { try cube.permuted(axes: [0, 1, 1]) }
  }

  @Test func masksAndLists() throws {
    let rows = try cube.elements(where: Tensor([false, true], shape: [2]))
    #expect(rows.shape == [1, 3, 4] && elements(rows).first == 12)
    let odd = try cube.combined(.remainder, with: .int(2)).converted(to: .bool)
    #expect(elements(try cube.elements(where: odd)) == (0..<12).map { 2 * $0 + 1 })
    #expect(
      elements(try cube.elements(at: [-1, 0]).selected(along: 1, at: 0))
        == [12, 13, 14, 15, 0, 1, 2, 3])
    #expect(throws: Fault.self) { try cube.elements(where: Tensor([true], shape: [1])) }
  }

  @Test func reshapesWithOneUnknown() throws {
    #expect(try cube.reshaped(inferring: [4, -1]).shape == [4, 6])
    let fault = #expect(throws: Fault.self) { try cube.reshaped(inferring: [5, -1]) }
    #expect(fault?.message == "a tensor of shape [2, 3, 4] cannot take shape [5, -1]")
    #expect(throws: Fault.self) { try cube.reshaped(inferring: [-1, -1]) }
    #expect(throws: Fault.self) { try cube.reshaped(inferring: [.max, .max]) }
  }

  @Test func joinsAlongAnAxis() throws {
    let (a, b) = (
      Tensor([1, 2] as [Int64], shape: [2, 1]), Tensor([3, 4, 5, 6] as [Int64], shape: [2, 2])
    )
    let joined = try Tensor.concatenated([a, b], along: 1)
    #expect(joined.shape == [2, 3] && elements(joined) == [1, 3, 4, 2, 5, 6])
    #expect(elements(try Tensor.concatenated([b, b], along: -2)) == [3, 4, 5, 6, 3, 4, 5, 6])
    let mixed = try Tensor.concatenated([a, b.converted(to: .float32)], along: 1)
    #expect(mixed.dtype == .float32)
    let fault = #expect(throws: Fault.self) { try Tensor.concatenated([a, b], along: 0) }
    #expect(fault?.message == "shapes [2, 1] and [2, 2] cannot be joined along axis 0")
  }

  @Test func stacksBesideEachOther() throws {
    let (a, b) = (Tensor([1, 2] as [Int64], shape: [2]), Tensor([3, 4] as [Int64], shape: [2]))
    #expect(elements(try Tensor.stacked([a, b])) == [1, 2, 3, 4])
    #expect(elements(try Tensor.stacked([a, b], along: -1)) == [1, 3, 2, 4])
    #expect(throws: Fault.self) { try Tensor.stacked([]) }
    #expect(throws: Fault.self) { try Tensor.stacked([a, cube]) }
  }

  @Test func makesPlanesOfLabels() throws {
    let labels = Tensor([0, 2, 1, 1] as [Float], shape: [2, 1, 2])
    let planes = try labels.oneHot(classes: 3)
    #expect(planes.shape == [2, 3, 2])
    #expect(planes.elements(of: Float.self) == [1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0])
    let fault = #expect(throws: Fault.self) { try labels.oneHot(classes: 2) }
    #expect(fault?.message == "label 2 is none of 2 classes")
    #expect(throws: Fault.self) { try labels.oneHot(classes: 3, along: 2) }
  }
}
