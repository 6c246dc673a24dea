import Components

/// Cases that are ready to be drawn.
public protocol Dataset: Object {
  var count: Int { get }
  /// Case `index` through the whole pipeline; `streams` are the random streams of the pipeline's
  /// transforms, in order.
  func samples(at index: Int, _ streams: inout PipelineStreams) throws -> Samples
  /// The pipeline, for seeding its streams and for inverting it later.
  var pipeline: Compose { get }
}

/// The random streams of every transform of a pipeline; one value for each loader worker.
public struct PipelineStreams: Sendable, Hashable {
  public var streams: [[RandomState]]
  public init(_ streams: [[RandomState]]) { self.streams = streams }
}

/// Samples collated along a new first axis.
public struct Batch: Sendable {
  /// Stacked entries: `image` is `[N, C, spatial…]`.
  public var tensors: [String: Tensor]
  /// What is not stacked, one sample an item: metadata, traces, other values.
  public var items: [Sample]
  public init(tensors: [String: Tensor], items: [Sample]) {
    (self.tensors, self.items) = (tensors, items)
  }
}
