import Components

/// Cases that are ready to be drawn.
public protocol Dataset: HasIndex {
  var caseCount: Int { get }
  /// The pipeline, for seeding its streams and for inverting it later.
  var pipeline: Compose { get }
  /// Case `index` through the whole pipeline; `streams` are the random streams of the pipeline's
  /// transforms, in order.
  func samples(
    at index: Int, _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws -> Samples
  /// Case `index` as the data list has it.
  func listed(at index: Int) -> Sample
  /// Names of the classes by number, as the data list has them.
  var labels: [Int: String] { get }
  /// For indexing by hand: where output goes, and the streams its crops come from.
  var inspection: Inspection { get }
}

extension Dataset {
  public var count: Int? { caseCount }
  public var labels: [Int: String] { [:] }

  /// `dataset[i]`: the case through the whole pipeline, several samples when it makes crops.
  public func element(at index: Value) throws -> Value {
    let number = try Int(argument: index)
    let place = number < 0 ? number + caseCount : number
    guard 0..<caseCount ~= place else {
      throw Fault(
        .outOfRange, "there is no case \(number)", got: "\(number)",
        wanted: "0 to \(caseCount - 1)")
    }
    let made = try inspection.draw { streams, context in
      try samples(at: place, &streams, context)
    }
    switch made {
    case .one(let sample): return .object(SampleObject(sample))
    case .many(let samples):
      return .object(SampleListObject(samples, item: place, pipeline: pipeline))
    }
  }
}

/// The random streams of every transform of a pipeline; one value for each loader worker.
public struct PipelineStreams: Sendable, Hashable {
  public var streams: [[RandomState]]
  public init(_ streams: [[RandomState]]) { self.streams = streams }
}
