import Components

/// A step of the data pipeline. A transform is its arguments: an immutable value that any thread may
/// apply; random ones draw from streams that the pipeline owns.
public protocol Transform: Buildable {
  /// `streams` has `streamCount` generators, this transform's own.
  func apply(_ sample: Sample, _ streams: inout [RandomState]) throws -> Samples
  /// How many generators it draws from; 0 for a deterministic transform.
  static var streamCount: Int { get }
  /// What it makes of a sample it has only a description of.
  func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec
}

extension Transform {
  public static var kind: ComponentKind { .transform }
  public static var streamCount: Int { 0 }
  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec { spec }
}

/// A transform that can take back what it did, from the record it left.
public protocol InvertibleTransform: Transform {
  /// Undoes `record` on `key`, whose trace no longer holds it. `nearest` overrides interpolation.
  func invert(_ sample: inout Sample, key: String, _ record: TraceRecord, nearest: Bool) throws
}

/// What a transform returns: one sample, or several crops of it.
public enum Samples: Sendable {
  case one(Sample)
  case many([Sample])
}

/// A sample that is not there yet, read off headers.
public struct SampleSpec: Sendable {
  public var tensors: [String: TensorSpec]
  public var affines: [String: Affine]
  /// Number of crops once a transform has made several.
  public var sampleCount: Int?
  public init(tensors: [String: TensorSpec] = [:], affines: [String: Affine] = [:]) {
    (self.tensors, self.affines) = (tensors, affines)
  }
}
