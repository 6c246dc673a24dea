import Components
import TestSupport
import Testing

@testable import Engine

/// Golden values: MONAI 0.8.1 on torch 1.13.1, the same pipeline and data.
@Suite struct DataLoaderTests {
  /// RandShiftIntensityd (offset 1, probability .5), RandFlipd of axis 0, on five 2×2 images.
  private func dataset(_ context: RunContext) throws -> ListDataset {
    let shift = try RandShiftIntensityd.make([
      "keys": .string("x"), "offsets": .double(1), "prob": .double(0.5),
    ])
    let flip = try RandFlipd.make([
      "keys": .string("x"), "prob": .double(0.5), "spatial_axis": .int(0),
    ])
    let cases = (0..<5).map { index in
      var sample = Sample()
      sample["x"] = .tensor(
        Tensor((0..<4).map { Float($0) / 10 + 10 * Float(index) }, shape: [1, 2, 2]))
      return sample
    }
    return ListDataset(
      cases, Compose([shift, flip, try ToTensord.make(["keys": .string("x")])]), context)
  }

  /// First column of every item, batch by batch.
  private func columns(_ iterator: BatchIterator) throws -> [[Float]] {
    var result: [[Float]] = []
    while let batch = try iterator.next() {
      let x = try #require(batch.tensors["x"]).elements(of: Float.self)
      result.append(stride(from: 0, to: x.count, by: 2).map { x[$0] })
    }
    return result
  }

  private func expectClose(_ got: [[Float]], _ wanted: [[Float]]) {
    #expect(got.map(\.count) == wanted.map(\.count))
    #expect(zip(got.joined(), wanted.joined()).allSatisfy { abs($0 - $1) < 2e-5 }, "\(got)")
  }

  @Test func shuffledWithoutWorkers() throws {
    let context = RunContext.testing(torchSeed: 0)
    let loader = DataLoader(
      dataset: try dataset(context), batchSize: 2, shuffle: true, generator: context.generator)
    expectClose(
      try columns(loader.makeIterator(context)),
      [
        [9.93467, 10.13467, 29.79617, 29.99617], [19.46008, 19.66008, 0.4566, 0.6566],
        [40.2, 40.0],
      ])
    expectClose(
      try columns(loader.makeIterator(context)),
      [
        [10.56538, 10.76538, -0.52786, -0.72786], [40.0, 40.2, 19.31177, 19.11177], [30.0, 30.2],
      ])
    #expect(context.generator.int64() == 2_279_347_887_019_741_461)
  }

  @Test func inOrderWithoutWorkers() throws {
    let context = RunContext.testing(torchSeed: 3)
    let loader = DataLoader(
      dataset: try dataset(context), batchSize: 2, generator: context.generator)
    expectClose(
      try columns(loader.makeIterator(context)),
      [
        [-0.22113, -0.42113, 10.64287, 10.44287], [20.0, 20.2, 30.2, 30.0], [40.35205, 40.15205],
      ])
    expectClose(
      try columns(loader.makeIterator(context)),
      [[0.0, 0.2, 10.0, 10.2], [19.71771, 19.91771, 29.87654, 30.07654], [40.65157, 40.85157]])
    #expect(context.generator.int64() == 2_238_117_252_665_022_720)
  }

  @Test func shuffledWithTwoWorkers() throws {
    let context = RunContext.testing(torchSeed: 0)
    let loader = DataLoader(
      dataset: try dataset(context), batchSize: 2, shuffle: true, workers: 2,
      generator: context.generator)
    expectClose(
      try columns(loader.makeIterator(context)),
      [[10.2, 10.0, 39.56988, 39.36988], [20.2, 20.0, 29.97553, 29.77553], [0.2, 0.0]])
    expectClose(
      try columns(loader.makeIterator(context)),
      [[20.2, 20.0, 30.0, 30.2], [40.2, 40.0, -0.88396, -0.68396], [10.0, 10.2]])
    #expect(context.generator.int64() == 7_815_051_614_634_499_795)
  }

  @Test(arguments: [0, 2]) func anEpochGoesOnFromItsMiddle(workers: Int) throws {
    let context = RunContext.testing(torchSeed: 5)
    func loader(_ context: RunContext) throws -> DataLoader {
      DataLoader(
        dataset: try dataset(context), batchSize: 2, shuffle: true, workers: workers,
        generator: context.generator)
    }
    let first = try loader(context)
    _ = try columns(first.makeIterator(context))
    let whole = try first.makeIterator(context)
    let saved = whole.epochStartState
    let wanted = try columns(whole)

    let other = RunContext.testing(torchSeed: 77)
    let second = try loader(other)
    second.state = saved
    let rest = try second.makeIterator(other)
    try rest.skip(1)
    #expect(rest.position == 1)
    #expect(try columns(rest) == Array(wanted.dropFirst()))
  }

  @Test func lastBatchIsKeptOrDropped() throws {
    let context = RunContext.testing()
    let data = try dataset(context)
    let kept = DataLoader(dataset: data, batchSize: 2, generator: context.generator)
    let dropped = DataLoader(
      dataset: data, batchSize: 2, dropLast: true, generator: context.generator)
    #expect(kept.batchCount == 3)
    #expect(dropped.batchCount == 2)
    #expect(try columns(dropped.makeIterator(context)).count == 2)
  }

  @Test(arguments: [0, 3]) func aFaultReachesTheReader(workers: Int) throws {
    let context = RunContext.testing()
    var broken = Sample()
    broken["x"] = .value(.string("nowhere"))
    let pipeline = Compose([try ToTensord.make(["keys": .string("x")])])
    let data = ListDataset([broken, broken, broken], pipeline, context)
    let loader = DataLoader(
      dataset: data, batchSize: 1, workers: workers, generator: context.generator)
    let fault = #expect(throws: Fault.self) { try loader.makeIterator(context).next() }
    #expect(fault?.notes.contains("applying ToTensord, transform 1 of 1") == true)
    #expect(fault?.notes.contains("key 'x', file nowhere") == true)
  }

  @Test func anIteratorThatIsDroppedEndsItsWorkers() throws {
    let context = RunContext.testing()
    let loader = DataLoader(
      dataset: try dataset(context), batchSize: 1, workers: 4, generator: context.generator)
    let iterator = try loader.makeIterator(context)
    _ = try iterator.next()
    iterator.stop()
    #expect(throws: Never.self) { try loader.makeIterator(context).stop() }
  }

  @Test func cancellationEndsTheWait() throws {
    let context = RunContext.testing()
    let loader = DataLoader(
      dataset: try dataset(context), batchSize: 1, workers: 1, generator: context.generator)
    context.cancellation.request()
    let iterator = try loader.makeIterator(context)
    let fault = #expect(throws: Fault.self) { try iterator.next() }
    #expect(fault?.kind == .interrupted)
  }
}
