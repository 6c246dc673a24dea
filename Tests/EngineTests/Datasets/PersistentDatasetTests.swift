import Components
import Foundation
import TestSupport
import Testing

@testable import Engine

/// Cases come back from their files as they were made, and are made anew when anything changed.
@Suite struct PersistentDatasetTests {
  private let folder: TemporaryFolder
  private let image: String

  init() throws {
    folder = try TemporaryFolder()
    image = folder.file("case.nii.gz")
    try write(1)
  }

  /// 6×5×4 voxels in LPS, so that there is something to turn.
  private func write(_ factor: Int) throws {
    let affine = Affine(rows: [[-1, 0, 0, 3], [0, -1, 0, 4], [0, 0, 2, 5], [0, 0, 0, 1]])
    try NIfTI.write(
      Tensor((0..<120).map { Float($0 * factor % 256) }, shape: [6, 5, 4]), affine: affine,
      as: .uint8, to: image)
  }

  private func dataset(
    _ more: [any Transform] = [], sink: RecordingSink = RecordingSink()
  ) throws -> any Dataset {
    let transforms: [any Transform] =
      [
        try LoadImaged.make(["keys": .string("image")]),
        try EnsureChannelFirstd.make(["keys": .string("image")]),
        try Orientationd.make(["keys": .string("image"), "axcodes": .string("RAS")]),
      ] + more
    let built = try PersistentDataset.make([
      "data": .list([.dict(["image": .string(image), "weight": .double(0.5)])]),
      "transform": .object(Compose(transforms)), "cache_dir": .string(folder.file("cache")),
    ]).build(.testing(output: sink))
    return try #require(built as? any Dataset)
  }

  private func drawn(_ dataset: any Dataset) throws -> Sample {
    var streams = dataset.pipeline.streams(seed: 0)
    return try dataset.samples(at: 0, &streams, .testing).all[0]
  }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.file("cache")) }
  }

  @Test func aCaseComesBackWhole() throws {
    let flip = try RandFlipd.make(["keys": .string("image"), "prob": .double(1)])
    let first = try drawn(try dataset([flip]))
    #expect(try files.count == 1)
    let again = try dataset([flip])
    let second = try drawn(again)
    #expect(second.keys == first.keys)
    #expect(
      try second.image("image").elements(of: Float.self)
        == first.image("image").elements(of: Float.self))
    let (a, b) = (first.metadata("image_meta_dict"), second.metadata("image_meta_dict"))
    #expect(a.map { "\($0)" } == b.map { "\($0)" })
    #expect(
      first.trace(of: "image").map { "\($0.value)" }
        == second.trace(of: "image").map { "\($0.value)" })
    guard case .value(.double(0.5)) = second["weight"] else {
      Issue.record("weight is \(String(describing: second["weight"]))")
      return
    }
    // What was kept can be undone too.
    var undone = second
    try again.pipeline.invert(
      &undone, key: "image", records: second.trace(of: "image"), nearest: true, .testing)
    let voxels = try undone.image("image").elements(of: Float.self)
    #expect(voxels == (0..<120).map { Float($0) })
  }

  @Test func keptCasesNeedTheirImageNoMore() throws {
    let first = try drawn(try dataset()).image("image").elements(of: Float.self)
    let store = try SampleStore(folder: folder.file("cache"))
    let kept = folder.file("cache") + "/" + (try #require(try files.first))
    let key = try #require(
      try Checkpoint.read(kept).dictionary().string("key") as String?)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: image))
    let second = try #require(try store.samples(for: key)).all[0].image("image")
    #expect(second.elements(of: Float.self) == first)
  }

  @Test func whatChangedIsMadeAnew() throws {
    _ = try drawn(try dataset())
    try write(2)
    let changed = try drawn(try dataset()).image("image")
    #expect(changed.elements(of: Float.self).max() == 238)
    let scaled = try ScaleIntensityRanged.make([
      "keys": .string("image"), "a_min": .double(0), "a_max": .double(255), "b_min": .double(0),
      "b_max": .double(1),
    ])
    _ = try drawn(try dataset([scaled]))
    #expect(try files.count == 3)
  }

  @Test func aDamagedFileIsSaidAndReplaced() throws {
    let first = try drawn(try dataset()).image("image").elements(of: Float.self)
    let kept = folder.file("cache") + "/" + (try #require(try files.first))
    let whole = try Data(contentsOf: URL(fileURLWithPath: kept))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: kept))
    let sink = RecordingSink()
    let dataset = try dataset(sink: sink)
    var streams = dataset.pipeline.streams(seed: 0)
    let world = TransformContext(RunContext.testing(output: sink))
    let again = try dataset.samples(at: 0, &streams, world).all[0].image("image")
    #expect(again.elements(of: Float.self) == first)
    #expect(sink.text(of: .note).contains("is damaged and made anew"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: kept)).count == whole.count)
  }

  @Test func aFolderThatCannotBeIsAFault() throws {
    let file = try folder.write([1], "file")
    #expect(throws: Fault.self) { try SampleStore(folder: file + "/below") }
  }
}
