import Components
import Testing

@testable import Engine

@Suite struct SyntheticCTTests {
  private let small = SyntheticCT(count: 3, shape: [24, 20, 16], validation: 1, seed: 5)

  @Test func makesADecathlonDataSet() throws {
    let folder = try TemporaryFolder()
    let target = folder.file("deep/set")
    let result = try small.write(to: target)
    #expect(result.list == target + "/dataset.json")
    #expect(result.made.count == 6)
    let training = try DataList.read(result.list)
    #expect(training.items.count == 2)
    #expect(training.labels == [0: "background", 1: "spleen"])
    #expect(try DataList.read(target, section: "validation").items.count == 1)
    guard case .string(let image)? = training.items[0]["image"],
      case .string(let label)? = training.items[0]["label"]
    else {
      Issue.record("no paths")
      return
    }
    let (voxels, header) = try NIfTI.read(image)
    let (mask, maskHeader) = try NIfTI.read(label)
    #expect(header.shape == [24, 20, 16] && header.element == .int16 && header.notes == [])
    #expect(maskHeader.element == .uint8 && maskHeader.affine == header.affine)
    let spacing = (0..<3).map { header.affine.rows[$0][$0] }
    #expect(spacing == [Double(Float(0.8)), Double(Float(0.8)), 5])
    let numbers = voxels.numbers
    let spleen = zip(numbers, mask.numbers).filter { $0.1 == 1 }.map(\.0)
    #expect(Set(mask.numbers) == [0, 1])
    #expect((20...400).contains(spleen.count))
    let mean = spleen.reduce(0, +) / Double(spleen.count)
    let deviation =
      (spleen.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(spleen.count)).squareRoot()
    #expect((100...130).contains(mean))
    #expect((14...22).contains(deviation))
    #expect(numbers[0] < -900, "the corner is air")
    #expect(numbers.allSatisfy { (-1024...1500).contains($0) })
  }

  @Test func theSameCallAgainMakesNothing() throws {
    let folder = try TemporaryFolder()
    _ = try small.write(to: folder.path)
    let before = try folder.read("imagesTr/spleen_01.nii.gz")
    #expect(try small.write(to: folder.path).made == [])
    try Disk().remove(folder.file("imagesTr/spleen_01.nii.gz"))
    #expect(try small.write(to: folder.path).made.count == 2, "what is missing is made again")
    #expect(try folder.read("imagesTr/spleen_01.nii.gz") == before)
  }

  @Test func volumesDependOnSeedAndNumber() throws {
    func voxels(_ seed: UInt32, _ number: Int) -> [Int16] {
      let volume = SyntheticVolume(shape: [9, 8, 7], seed: seed, number: number)
      return [Int16](unsafeUninitializedCapacity: 504) { buffer, count in
        volume.drawImage(into: UnsafeMutableBufferPointer(rebasing: buffer[..<504]))
        count = 504
      }
    }
    #expect(voxels(0, 0) == voxels(0, 0))
    #expect(voxels(0, 0) != voxels(0, 1))
    #expect(voxels(0, 0) != voxels(1, 0))
  }

  @Test func nothingOfOthersIsWrittenOver() throws {
    let folder = try TemporaryFolder()
    let list = try folder.write(Array("{}".utf8), "dataset.json")
    let other = try #require(throws: Fault.self) { try small.write(to: folder.path) }
    #expect(other.message == "\(folder.path.quoted) holds another data set, which stays as it is")
    try Disk().remove(list)
    try Disk().makeFolder(folder.file("labelsTr"))
    _ = try folder.write([1], "labelsTr/spleen_02.nii.gz")
    let mine = try #require(throws: Fault.self) { try small.write(to: folder.path) }
    #expect(
      mine.message.hasSuffix("labelsTr/spleen_02.nii.gz' is there already and stays as it is"))
    #expect(try folder.names() == ["labelsTr"])
  }

  @Test(arguments: [
    SyntheticCT(count: 0), SyntheticCT(count: 2, validation: 2), SyntheticCT(validation: -1),
    SyntheticCT(shape: [8, 8]), SyntheticCT(shape: [8, 0, 8]), SyntheticCT(shape: [5000, 8, 8]),
  ])
  func numbersThatDoNotFitAreRefused(request: SyntheticCT) throws {
    let folder = try TemporaryFolder()
    #expect(
      try #require(throws: Fault.self) { try request.write(to: folder.path) }.kind == .outOfRange)
    #expect(try folder.names() == [])
  }

  @Test func flatVolumesHaveNoHoles() throws {
    let folder = try TemporaryFolder()
    let result = try SyntheticCT(count: 1, shape: [1, 16, 1], validation: 0).write(to: folder.path)
    #expect(try NIfTI.read(result.made[0]).tensor.shape == [1, 16, 1])
  }
}
