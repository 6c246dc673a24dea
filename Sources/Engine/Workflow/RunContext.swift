import Components

/// What a run uses of the world around it; one for each session, handed to whatever is built.
public final class RunContext: Sendable {
  public let output: any OutputSink
  public let cancellation: Cancellation
  /// torch's global CPU generator: initial weights, shuffles, loader seeds.
  public let generator: TorchGenerator
  /// `determinism.random_seed`: seeds every transform pipeline (MONAI's `set_determinism`).
  public let seed: UInt32?
  /// Cores to use for one piece of work.
  public let threads: Int
  /// Cases kept across rebuilds of cached datasets.
  public let cache: SampleCache
  /// What was there before a run is not spoken of, so that the same run says the same again.
  let isRepeatable: Bool
  let liveDisplay = LiveDisplay()
  private let said: OnceOnly

  public init(
    output: any OutputSink, cancellation: Cancellation, generator: TorchGenerator, seed: UInt32?,
    threads: Int, cache: SampleCache = SampleCache(), said: OnceOnly = OnceOnly(),
    isRepeatable: Bool = false
  ) {
    (self.output, self.cancellation, self.generator) = (output, cancellation, generator)
    self.isRepeatable = isRepeatable
    (self.seed, self.threads, self.cache, self.said) = (seed, threads, cache, said)
  }

  /// A context for a training beside another: with generator and seed of its own, over the same cases;
  /// what one of them said the others do not say again.
  public init(
    beside other: RunContext, generator: TorchGenerator, seed: UInt32?, output: any OutputSink
  ) {
    (self.output, cancellation) = (output, other.cancellation)
    (self.generator, self.seed) = (generator, seed)
    (threads, cache, said) = (other.threads, other.cache, other.said)
    isRepeatable = other.isRepeatable
  }

  /// Makes the live object of a component without moving the stream that a training draws from. A
  /// network starts at the seed, so that its first weights depend on nothing built or drawn before.
  ///
  /// Without a seed everything draws on from where the stream stands.
  public func build(_ component: any Buildable) throws -> any Object {
    guard let seed else { return try component.build(self) }
    let resting = generator.state
    defer { generator.state = resting }
    if type(of: component).kind == .network { generator.seed(UInt64(seed)) }
    return try component.build(self)
  }

  /// Writes a note the first time it is asked to: what has no effect on this machine is said once.
  public func noteOnce(_ text: String) {
    if said.isFirst(text) { output.write(text, to: .note) }
  }
}

/// A component of the engine: its arguments are a value, `build` makes the live object.
public protocol Buildable: Component {
  func build(_ context: RunContext) throws -> any Object
}
