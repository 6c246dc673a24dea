import Components

/// Some cases of a data set, in the order given; nothing is read again.
public final class CaseSubset: Dataset {
  private let whole: any Dataset
  private let places: [Int]

  /// - Parameter places: indices into `whole`; one may occur more than once.
  public init(_ whole: any Dataset, _ places: [Int]) {
    precondition(places.allSatisfy { 0..<whole.caseCount ~= $0 }, "no such case: \(places)")
    (self.whole, self.places) = (whole, places)
  }

  public var kind: String { whole.kind }
  public var summary: String { "\(places.count) of the cases of \(whole.summary)" }
  public var caseCount: Int { places.count }
  public var pipeline: Compose { whole.pipeline }
  public var labels: [Int: String] { whole.labels }
  public var inspection: Inspection { whole.inspection }

  public func listed(at index: Int) -> Sample { whole.listed(at: places[index]) }

  public func samples(
    at index: Int, _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws -> Samples {
    try whole.samples(at: places[index], &streams, context)
  }
}

extension DataLoader {
  /// A loader of the same making for other cases. A last batch that is not full counts: of few cases
  /// all are wanted. The stream of the training stays where it is.
  public func loading(_ other: any Dataset) -> DataLoader {
    let resting = generator.state
    defer { generator.state = resting }
    return DataLoader(
      dataset: other, batchSize: batchSize, shuffle: shuffle, workers: workers, prefetch: prefetch,
      generator: generator)
  }

  /// The first batch as a run would get it, from streams of its own: no run changes because of it.
  public func firstBatch(_ context: RunContext) throws -> Batch? {
    let generator = TorchGenerator(seed: UInt64(context.seed ?? 0))
    let loader = DataLoader(
      dataset: dataset, batchSize: batchSize, shuffle: shuffle, dropLast: dropLast,
      generator: generator)
    return try loader.makeIterator(context).next()
  }
}
