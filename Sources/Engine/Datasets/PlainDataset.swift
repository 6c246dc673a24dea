import Components

/// A dataset that runs the whole pipeline for every draw: a config's `Dataset`.
///
/// Source: `monai.data.Dataset` 0.8.1.
public struct PlainDataset: ListedDataset {
  public var source = CaseSource()
  public var transform: Ref<Transforms>?

  public init() {}

  public static let schema = Schema<Self>(
    "Dataset", "Cases of a data list, read and transformed at every draw.", .data,
    .optional("transform", \.transform, "The transforms every case goes through."),
    .listFile, .baseFolder, .listKey)

  public func build(_ context: RunContext) throws -> any Object {
    let pipeline = transform?.built ?? Compose([])
    let listing = try source.listing(for: pipeline, context.output)
    return ListDataset(listing.cases, pipeline, labels: listing.labels, context)
  }
}

/// The live form of `PlainDataset`.
public final class ListDataset: Dataset {
  private let cases: [Sample]
  public let pipeline: Compose
  public let inspection: Inspection

  public let labels: [Int: String]

  public init(
    _ cases: [Sample], _ pipeline: Compose, labels: [Int: String] = [:], _ context: RunContext
  ) {
    (self.cases, self.pipeline, self.labels) = (cases, pipeline, labels)
    inspection = Inspection(pipeline, context)
  }

  public var kind: String { "Dataset" }
  public var summary: String { "Dataset of \(cases.count) cases" }
  public var caseCount: Int { cases.count }
  public func listed(at index: Int) -> Sample { cases[index] }

  public func samples(
    at index: Int, _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws -> Samples {
    try pipeline.apply(cases[index], &streams, context)
  }
}
