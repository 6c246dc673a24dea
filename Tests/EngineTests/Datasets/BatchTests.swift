import Components
import Testing

@testable import Engine

@Suite struct BatchTests {
  private func sample(_ value: Float, shape: [Int] = [1, 2, 2], file: String) -> Sample {
    var sample = Sample()
    sample["image"] = .tensor(
      Tensor([Float](repeating: value, count: shape.reduce(1, *)), shape: shape))
    sample["image_meta_dict"] = .metadata(
      Metadata(fileName: file, affine: .identity, spatialShape: Array(shape.dropFirst())))
    sample["class"] = .value(.int(Int(value)))
    sample["name"] = .value(.string(file))
    return sample
  }

  @Test func cropsOfACaseBecomeItems() throws {
    let cases: [Samples] = [
      .many([sample(1, file: "a"), sample(2, file: "a")]),
      .many([sample(3, file: "b"), sample(4, file: "b")]),
    ]
    let batch = try Batch(collating: cases)
    let image = try #require(batch.tensors["image"])
    #expect(image.shape == [4, 1, 2, 2])
    #expect(image.elements(of: Float.self)[12] == 4)
    #expect(batch.tensors["class"]?.elements(of: Int64.self) == [1, 2, 3, 4])
    #expect(batch.items.map { $0.metadata("image_meta_dict")?.fileName } == ["a", "a", "b", "b"])
    #expect(batch.items[0].tensor("image") == nil)
  }

  @Test func decollatingGivesTheItemsBack() throws {
    let batch = try Batch(collating: [.one(sample(1, file: "a")), .one(sample(2, file: "b"))])
    let items = batch.decollated()
    #expect(items.map { $0.tensor("image")?.shape } == [[1, 2, 2], [1, 2, 2]])
    #expect(items[1].tensor("image")?.elements(of: Float.self) == [2, 2, 2, 2])
    guard case .value(.int(2)) = items[1]["class"] else {
      Issue.record("the class number is lost")
      return
    }
  }

  @Test func differentShapesNameKeyAndFiles() throws {
    let fault = #expect(throws: Fault.self) {
      try Batch(collating: [
        .one(sample(1, file: "a.nii")), .one(sample(1, shape: [1, 2, 3], file: "b.nii")),
      ])
    }
    #expect(fault?.message == "'image' differs in shape within one batch")
    #expect(fault?.got == "[1, 2, 3] float32")
    #expect(fault?.wanted == "[1, 2, 2] float32")
    #expect(fault?.notes == ["[1, 2, 2] is a.nii", "[1, 2, 3] is b.nii"])
  }

  @Test func theLanguageReadsABatch() throws {
    let batch = BatchObject(
      try Batch(collating: [.one(sample(1, file: "a")), .one(sample(2, file: "b"))]))
    guard case .object(let image) = try batch.element(at: .string("image")),
      case .dict(let metadata) = try batch.element(at: .string("image_meta_dict"))
    else {
      Issue.record("a batch gives tensors and dicts")
      return
    }
    #expect((image as? TensorObject)?.tensor.shape == [2, 1, 2, 2])
    #expect(metadata["filename_or_obj"] == .list([.string("a"), .string("b")]))
    let fault = #expect(throws: Fault.self) { try batch.element(at: .string("imgae")) }
    #expect(fault?.suggestion == "image")
  }
}
