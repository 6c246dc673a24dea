import Components
import Synchronization

/// Draws batches from a dataset, epoch after epoch: a config's `DataLoader`.
///
/// Source: `monai.data.DataLoader` 0.8.1 on torch 1.13.1. Draws from torch's generator: one int32
/// when it is made without workers; per epoch one int64 for the workers' seeds, and one more for
/// the shuffle.
public struct DataLoaderArguments: Buildable {
  public var dataset: Ref<Datasets> = .missing
  public var batchSize = 1
  public var shuffle = false
  public var numWorkers = 0
  public var dropLast = false
  public var prefetchFactor = 2
  public var pinMemory = false
  public var persistentWorkers = false
  public var timeout = 0.0
  public var multiprocessingContext: String?

  public init() {}

  public static var kind: ComponentKind { .dataLoader }

  public static let schema = Schema<Self>(
    "DataLoader", "Batches of a dataset, prepared by background workers.",
    aliases: ["ThreadDataLoader"],
    .required("dataset", \.dataset, "The dataset to draw from."),
    .optional("batch_size", \.batchSize, in: 1..., "Cases in a batch."),
    .optional("shuffle", \.shuffle, "Draw in a new random order every epoch."),
    .optional("num_workers", \.numWorkers, in: 0..., "Background threads; 0 prepares when asked."),
    .optional("drop_last", \.dropLast, "Leave out a last batch that is not full."),
    .optional("prefetch_factor", \.prefetchFactor, in: 1..., "Batches each worker is ahead."),
    .optional("pin_memory", \.pinMemory, "Without a GPU it has no effect."),
    .optional("persistent_workers", \.persistentWorkers, "Workers are threads: it has no effect."),
    .optional("timeout", \.timeout, "Workers are threads: it has no effect."),
    .optional(
      "multiprocessing_context", \.multiprocessingContext, "Workers are threads: no effect."))

  public func build(_ context: RunContext) throws -> any Object {
    DataLoader(
      dataset: dataset.built, batchSize: batchSize, shuffle: shuffle, workers: numWorkers,
      dropLast: dropLast, prefetch: prefetchFactor, generator: context.generator)
  }
}

/// The live form of `DataLoaderArguments`.
public final class DataLoader: Object {
  public let dataset: any Dataset
  public let batchSize: Int
  public let shuffle: Bool
  public let workers: Int
  public let dropLast: Bool
  public let prefetch: Int
  let generator: TorchGenerator
  /// Without workers the streams go on from epoch to epoch; with workers each epoch starts anew.
  private let streams: Mutex<PipelineStreams>

  public init(
    dataset: any Dataset, batchSize: Int, shuffle: Bool = false, workers: Int = 0,
    dropLast: Bool = false, prefetch: Int = 2, generator: TorchGenerator
  ) {
    (self.dataset, self.batchSize, self.shuffle) = (dataset, batchSize, shuffle)
    (self.workers, self.dropLast, self.prefetch) = (workers, dropLast, prefetch)
    self.generator = generator
    streams = Mutex(Self.streams(of: dataset, workers, generator))
  }

  private static func streams(
    of dataset: any Dataset, _ workers: Int, _ generator: TorchGenerator
  ) -> PipelineStreams {
    dataset.pipeline.streams(seed: workers == 0 ? UInt32(bitPattern: generator.int32()) : 0)
  }

  /// Draws again what was drawn when it was made: afterwards it is as if it were made now.
  func restart() { currentStreams = Self.streams(of: dataset, workers, generator) }

  public var kind: String { "DataLoader" }
  public var summary: String {
    "DataLoader of \(dataset.caseCount) cases, batch size \(batchSize), \(batchCount) batches"
  }

  /// Batches of one epoch.
  public var batchCount: Int {
    dropLast
      ? dataset.caseCount / batchSize : (dataset.caseCount + batchSize - 1) / batchSize
  }

  /// What an epoch's draws start from; saved at the start of an epoch, it makes the same epoch again.
  public struct State: Sendable, Hashable {
    /// torch's generator before the epoch drew from it.
    public var generator: TorchGenerator.State
    public var streams: PipelineStreams

    public init(generator: TorchGenerator.State, streams: PipelineStreams) {
      (self.generator, self.streams) = (generator, streams)
    }
  }

  /// Setting it also sets torch's generator, which others share: put that right afterwards.
  public var state: State {
    get { State(generator: generator.state, streams: currentStreams) }
    set {
      generator.state = newValue.generator
      currentStreams = newValue.streams
    }
  }

  var currentStreams: PipelineStreams {
    get { streams.withLock { $0 } }
    set { streams.withLock { $0 = newValue } }
  }

  /// One epoch. The seeds are drawn here, in torch's order.
  public func makeIterator(_ context: RunContext) throws -> BatchIterator {
    let start = state
    let workerSeed = generator.int64()
    var order = Array(0..<dataset.caseCount)
    if shuffle {
      let seed = UInt64(bitPattern: generator.int64())
      order = TorchGenerator(seed: seed).permutation(order.count)
    }
    let batches = (0..<batchCount).map { index in
      Array(order[index * batchSize..<min((index + 1) * batchSize, order.count)])
    }
    return try BatchIterator(
      self, batches: batches, workerSeed: workerSeed, start: start, context)
  }
}
