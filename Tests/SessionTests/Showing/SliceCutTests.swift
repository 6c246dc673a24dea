import Components
import Engine
import Testing

@testable import Session

@Suite struct SliceCutTests {
  /// 3 × 2 × 2 voxels, each with its own number: 4 x + 2 y + z.
  private let numbers = Tensor((0..<12).map(Float.init), shape: [3, 2, 2])

  private func volume(_ tensor: Tensor, affine: Affine? = nil) throws -> ShownVolume {
    var sample = Sample()
    sample["image"] = .tensor(tensor)
    if let affine {
      sample["image_meta_dict"] = .metadata(
        Metadata(fileName: "ct.nii.gz", affine: affine, spatialShape: tensor.shape))
    }
    return try ShownVolume(.object(SampleObject(sample)), key: "image")
  }

  private func scaled(_ x: Double, _ y: Double, _ z: Double) -> Affine {
    Affine(rows: [[x, 0, 0, 0], [0, y, 0, 0], [0, 0, z, 0], [0, 0, 0, 1]])
  }

  @Test func theGreatestCoordinateComesFirst() throws {
    let image = try volume(numbers, affine: scaled(1, 1, 1))
    let cut = try SliceCut(image, axis: 2, index: 0, label: nil)
    let grey = try cut.grey(image)
    #expect((grey.width, grey.height) == (3, 2))
    #expect(grey.values == [10, 6, 2, 8, 4, 0])
  }

  @Test func axesThatRunTheOtherWayLieTheSameWay() throws {
    let image = try volume(numbers, affine: scaled(-1, -1, 1))
    #expect(
      try SliceCut(image, axis: 2, index: 0, label: nil).grey(image).values == [0, 4, 8, 2, 6, 10])
  }

  @Test func pixelsAreAsHighAsTheSpacingSays() throws {
    let image = try volume(numbers, affine: scaled(0.5, 0.5, 2))
    #expect(try SliceCut(image, axis: 2, index: 0, label: nil).aspect == 1)
    #expect(try SliceCut(image, axis: 1, index: 0, label: nil).aspect == 4)
  }

  @Test func theSliceWithTheMostLabelIsTaken() throws {
    let image = try volume(numbers)
    var flags = [Float](repeating: 0, count: 12)
    (flags[1], flags[3], flags[4]) = (1, 1, 1)
    let label = try volume(Tensor(flags, shape: [3, 2, 2]))
    #expect(try SliceCut(image, axis: 2, index: nil, label: label).index == 1)
    #expect(try SliceCut(image, axis: 0, index: nil, label: label).index == 0)
    #expect(try SliceCut(image, axis: 0, index: nil, label: nil).index == 1)
    #expect(try SliceCut(image, axis: 0, index: -1, label: label).index == 2)
  }

  @Test func ofSeveralChannelsTheStrongestIsTheLabel() throws {
    let image = try volume(numbers)
    let scores = [Float](repeating: 0.5, count: 12) + (0..<12).map { $0 == 0 ? 0.9 : 0.1 }
    let label = try volume(Tensor(scores, shape: [2, 3, 2, 2]))
    let cut = try SliceCut(image, axis: 2, index: 0, label: nil)
    #expect(try cut.labels(label) == [0, 0, 0, 0, 0, 1])
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let image = try volume(numbers)
    let cut = try SliceCut(image, axis: 2, index: 0, label: nil)
    let other = try volume(Tensor(zeros: [2, 2, 2]))
    #expect(throws: Fault.self) { try cut.labels(other) }
    let beyond = #expect(throws: Fault.self) {
      try SliceCut(image, axis: 2, index: 2, label: nil)
    }
    #expect(beyond?.wanted == "0 to 1")
    #expect(throws: Fault.self) { try SliceCut(image, axis: 3, index: nil, label: nil) }
    #expect(throws: Fault.self) { try ShownVolume(.int(3), key: "image") }
  }
}
