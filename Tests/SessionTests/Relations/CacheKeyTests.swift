import Components
import Foundation
import Testing

@testable import Session

/// What is read again after a change, by counting cases that were prepared.
@Suite(.serialized) struct CacheKeyTests {
  @Test func onlyADeterministicChangeReadsAgain() throws {
    let typed = try TypedSession()
    func count(_ lines: String...) throws -> Int {
      let before = typed.session.cache.preparedCount
      for line in lines + ["@train.dataloader;", "@validate.dataloader;"] { try typed.type(line) }
      return typed.session.cache.preparedCount - before
    }
    #expect(try count() == 3)
    #expect(try count("train.pre_transforms.RandShiftIntensityd.prob = 0.9") == 0)
    #expect(try count("train.pre_transforms.RandCropByPosNegLabeld.num_samples = 2") == 0)
    #expect(try count("learning_rate = 1e-3") == 0)
    #expect(try count("train.dataloader.batch_size = 1") == 0)
    #expect(try count("train.model.channels = [4, 16]") == 0)
    // Validation copies the transform by ref.
    #expect(try count("train.pre_transforms.ScaleIntensityRanged.a_max = 200") == 3)
    #expect(try count("undo()") == 0)
    #expect(try count("load(\"\(typed.mmar.root)\")") == 0)
  }

  @Test func aChangedFileIsReadAgain() throws {
    let typed = try TypedSession()
    try typed.type("@train.dataset;", "@validate.dataset;")
    let before = typed.session.cache.preparedCount
    let folder = typed.mmar.root + "/data/labelsTr"
    let label = folder + "/" + (try typed.mmar.names(in: "data/labelsTr")[0])
    try FileManager.default.setAttributes(
      [.modificationDate: Date.distantPast], ofItemAtPath: label)
    try typed.type("load(\"\(typed.mmar.root)\")", "@train.dataset;", "@validate.dataset;")
    #expect(typed.session.cache.preparedCount == before + 1)
  }

  @Test func functionsInTransformsAreComparedByTheirText() throws {
    let typed = try TypedSession()
    func count(_ line: String) throws -> Int {
      let before = typed.session.cache.preparedCount
      try typed.type(line, "@train.dataset;")
      return typed.session.cache.preparedCount - before
    }
    #expect(try count("train.pre_transforms.CropForegroundd.select_fn = lambda x: x > 0.1") == 2)
    #expect(try count("train.pre_transforms.CropForegroundd.select_fn = lambda x: x > 0.2") == 2)
    #expect(try count("train.pre_transforms.CropForegroundd.select_fn = lambda x: x > 0.1") == 0)
  }
}
