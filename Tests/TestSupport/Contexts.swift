public import Components

public import Engine

extension RunContext {
  public static func testing(
    seed: UInt32? = 0, torchSeed: UInt64 = 0, threads: Int = 2,
    output: any OutputSink = RecordingSink()
  ) -> RunContext {
    RunContext(
      output: output, cancellation: Cancellation(), generator: TorchGenerator(seed: torchSeed),
      seed: seed, threads: threads, cache: SampleCache(byteLimit: 1 << 26))
  }
}

extension TransformContext {
  public static var testing: TransformContext { TransformContext(RunContext.testing()) }
}

extension Transform {
  /// Applies a transform that makes one sample of one.
  public func applied(to sample: Sample) throws -> Sample {
    var streams = [RandomState](repeating: RandomState(seed: 0), count: Self.streamCount)
    guard case .one(let result) = try apply(sample, &streams, .testing) else {
      throw Fault(.invalid, "\(Self.schema.name) made several samples")
    }
    return result
  }
}
