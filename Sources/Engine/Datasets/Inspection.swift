import Components
import Synchronization

/// What a dataset draws with when it is indexed by hand rather than by a loader: streams seeded as
/// MONAI seeds a pipeline when it is made, going on from one look to the next.
public final class Inspection: Sendable {
  private let context: TransformContext
  private let streams: Mutex<PipelineStreams>

  init(_ pipeline: Compose, _ context: RunContext) {
    self.context = TransformContext(context)
    streams = Mutex(pipeline.streams(seed: context.seed))
  }

  func draw(
    _ body: (inout PipelineStreams, TransformContext) throws -> Samples
  ) throws -> Samples {
    var own = streams.withLock { $0 }
    let samples = try body(&own, context)
    streams.withLock { $0 = own }
    return samples
  }
}
