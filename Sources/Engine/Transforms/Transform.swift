import Components

/// A step of the data pipeline. A transform is its arguments: an immutable value that any thread may
/// apply; random ones draw from streams that the pipeline owns.
public protocol Transform: Buildable {
  /// `streams` has `streamCount` generators, this transform's own.
  func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples
  /// How many generators it draws from; 0 for a deterministic transform.
  static var streamCount: Int { get }
  /// True when it places voxels in the world: afterwards all images of a case must lie alike.
  static var placesVoxels: Bool { get }
  /// What it makes of a sample it has only a description of.
  func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec
}

extension Transform {
  public static var kind: ComponentKind { .transform }
  public static var streamCount: Int { 0 }
  public static var placesVoxels: Bool { false }
  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec { spec }

  /// A transform on its own is a pipeline of one.
  public func build(_ context: RunContext) throws -> any Object { Compose([self]) }

  /// Class name, as a trace records it and messages say it.
  static var name: String { schema.name }
}

/// A transform that can take back what it did, from the record it left.
public protocol InvertibleTransform: Transform {
  /// Undoes `record` on `key`, whose trace no longer holds it. `nearest` overrides interpolation.
  func invert(
    _ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool,
    _ context: TransformContext
  ) throws
}

/// What a transform may use of the world around it.
public struct TransformContext: Sendable {
  public let output: any OutputSink
  public let cancellation: Cancellation
  /// Cores for one volume; 1 inside a loader's worker, where each worker is a core.
  public let threads: Int

  public init(output: any OutputSink, cancellation: Cancellation, threads: Int) {
    (self.output, self.cancellation, self.threads) = (output, cancellation, threads)
  }

  public init(_ run: RunContext) {
    self.init(output: run.output, cancellation: run.cancellation, threads: run.threads)
  }

  /// For calling functions that a config passes in: `post_func`, `select_fn`.
  public var call: CallContext {
    CallContext(output: output, cancellation: cancellation, budget: StepBudget())
  }
}

/// What a transform returns: one sample, or several crops of it.
public enum Samples: Sendable {
  case one(Sample)
  case many([Sample])

  public var all: [Sample] {
    switch self {
    case .one(let sample): [sample]
    case .many(let samples): samples
    }
  }
}
