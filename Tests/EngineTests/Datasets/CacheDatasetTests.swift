import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct CacheDatasetTests {
  /// Two cases of 6×5×4 voxels on disk, the second twice as bright.
  private func cases(in folder: TemporaryFolder) throws -> [Sample] {
    try (1...2).map { number in
      let path = folder.file("case_\(number).nii.gz")
      let voxels = (0..<120).map { Float($0 * number) }
      try NIfTI.write(Tensor(voxels, shape: [6, 5, 4]), affine: .identity, to: path)
      return Sample(["image": .string(path)])
    }
  }

  private func pipeline(_ more: [any Transform] = []) throws -> Compose {
    Compose(
      [
        try LoadImaged.make(["keys": .string("image")]),
        try EnsureChannelFirstd.make(["keys": .string("image")]),
      ] + more)
  }

  private func first(_ dataset: any Dataset, _ index: Int) throws -> Tensor {
    var streams = dataset.pipeline.streams(seed: 0)
    return try dataset.samples(at: index, &streams, .testing).all[0].image("image")
  }

  /// Python's `sys.maxsize`.
  @Test func anyNumberOfCasesMayBeKept() throws {
    let dataset = try CacheDataset.make([
      "data_list_file_path": .string("a.json"), "data_list_key": .string("training"),
      "cache_num": .int(.max),
    ])
    #expect(dataset.keptCount(of: 7) == 7)
  }

  @Test func labelsWithoutNumbersAreNoted() {
    let label = Tensor([0, 1, Float.nan, 1], shape: [1, 4])
    #expect(LabelValues(of: label).fraction?.isNaN == true)
    #expect(LabelValues(of: label).classes == [0, 1])
  }

  @Test func keptAndUnkeptCasesAreAlike() throws {
    let folder = try TemporaryFolder()
    let context = RunContext.testing()
    let cases = try cases(in: folder)
    let flip = try RandFlipd.make(["keys": .string("image"), "prob": .double(1)])
    let plain = ListDataset(cases, try pipeline([flip]), context)
    let cached = try CachedDataset(
      cases, try pipeline([flip]), keeping: 1, threads: 2, showsProgress: false, context)
    for index in 0..<2 {
      let (a, b) = (try first(plain, index), try first(cached, index))
      #expect(a.shape == [1, 6, 5, 4])
      #expect(a.elements(of: Float.self) == b.elements(of: Float.self))
    }
    #expect(cached.summary == "CacheDataset of 2 cases, 1 kept in 0 MiB")
  }

  @Test func aRebuiltDatasetFindsItsCases() throws {
    let folder = try TemporaryFolder()
    let context = RunContext.testing()
    let cases = try cases(in: folder)
    func build(_ prob: Double) throws -> CachedDataset {
      let flip = try RandFlipd.make(["keys": .string("image"), "prob": .double(prob)])
      return try CachedDataset(
        cases, try pipeline([flip]), keeping: 2, threads: 1, showsProgress: false, context)
    }
    _ = try build(0)
    let bytes = context.cache.byteCount
    #expect(bytes == 2 * 120 * 4)
    // Only the random part differs: nothing is read again, so a damaged file goes unnoticed...
    _ = try build(1)
    #expect(context.cache.byteCount == bytes)
    // ...but a file that changed is.
    _ = try folder.write([1, 2, 3], "case_1.nii.gz")
    #expect(throws: Fault.self) { try build(1) }
  }

  @Test func allBrokenFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    var cases = try cases(in: folder)
    for name in ["gone.nii.gz", "lost.nii.gz"] {
      cases.append(Sample(["image": .string(folder.file(name))]))
    }
    let fault = #expect(throws: Fault.self) {
      try CachedDataset(
        cases, try pipeline(), keeping: 4, threads: 2, showsProgress: false, .testing())
    }
    #expect(fault?.message == "2 of 4 cases cannot be prepared")
    #expect(fault?.notes.count == 2)
    #expect(fault?.notes[0].hasPrefix("case 3: there is no file") == true)
    #expect(fault?.notes[1].contains("lost.nii.gz") == true)
  }

  @Test func progressIsShown() throws {
    let folder = try TemporaryFolder()
    let sink = RecordingSink()
    _ = try CachedDataset(
      try cases(in: folder), try pipeline(), keeping: 2, threads: 1, showsProgress: true,
      .testing(output: sink))
    #expect(sink.text(of: .progress).contains("caching 2/2"))
  }

  @Test func fewerCasesByRateOrNumber() throws {
    let folder = try TemporaryFolder()
    let data: Value = .list(
      try cases(in: folder).map { sample in
        .dict(["image": .string(sample.fileName("image") ?? "")])
      })
    let transform: Value = .object(try pipeline())
    for (arguments, kept) in [
      (["cache_rate": .double(0.5)] as ValueDictionary, 1), (["cache_num": .int(0)], 0), ([:], 2),
    ] {
      var all: ValueDictionary = ["data": data, "transform": transform]
      for (name, value) in arguments { all[name] = value }
      let dataset = try CacheDataset.make(all).build(.testing())
      #expect(dataset.summary.contains("\(kept) kept"))
    }
  }

  @Test func theCacheLetsTheOldestGo() {
    let cache = SampleCache(byteLimit: 1000)
    var sample = Sample()
    sample["x"] = .tensor(Tensor(zeros: [100]))
    cache["a"] = .one(sample)
    cache["b"] = .one(sample)
    _ = cache["a"]
    cache["c"] = .one(sample)
    #expect(cache["a"] != nil)
    #expect(cache["b"] == nil)
    #expect(cache["c"] != nil)
    #expect(cache.byteCount == 800)
  }

  @Test func aDatasetWithoutDataSaysWhatToSet() {
    let fault = #expect(throws: Fault.self) { try PlainDataset.make() }
    #expect(fault?.message == "the dataset has no data")
    let key = #expect(throws: Fault.self) {
      try PlainDataset.make(["data_list_file_path": .string("dataset.json")])
    }
    #expect(key?.argument == ["data_list_key"])
  }

  @Test func indexingGivesACase() throws {
    let folder = try TemporaryFolder()
    let dataset = ListDataset(try cases(in: folder), try pipeline(), .testing())
    guard case .object(let object) = try dataset.element(at: .int(-1)) else {
      Issue.record("no case")
      return
    }
    #expect((object as? SampleObject)?.sample.tensor("image")?.shape == [1, 6, 5, 4])
    #expect(throws: Fault.self) { try dataset.element(at: .int(2)) }
  }
}
