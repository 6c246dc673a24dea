import Components
import Synchronization

/// The batches of one epoch, in order.
///
/// With W workers, worker w prepares batches w, w + W, …, from streams seeded with the epoch's seed
/// plus w, so what comes out does not depend on which thread is faster. At most `prefetch` batches
/// a worker wait to be taken. The iterator belongs to one thread.
public final class BatchIterator {
  /// What this epoch's draws started from: with `skip`, the way back to a batch in its middle.
  public let epochStartState: DataLoader.State
  private let loader: DataLoader
  private let batches: [[Int]]
  private let context: TransformContext
  private let queue: Monitor<Queue>
  private var threads: [WorkerThread] = []
  private var nextIndex = 0

  private struct Queue {
    var ready: [Int: Result<Batch, Fault>] = [:]
    var taken = 0
    var isStopped = false
  }

  init(
    _ loader: DataLoader, batches: [[Int]], workerSeed: Int64, start: DataLoader.State,
    _ context: RunContext
  ) throws {
    (self.loader, self.batches, epochStartState) = (loader, batches, start)
    self.context = TransformContext(context)
    queue = Monitor(Queue())
    let workers = min(loader.workers, batches.count)
    for worker in 0..<workers {
      let seed = UInt32(truncatingIfNeeded: workerSeed &+ Int64(worker))
      threads.append(
        try WorkerThread(
          Self.worker(
            worker, seed: seed, loader, batches, queue,
            TransformContext(
              output: context.output, cancellation: context.cancellation, threads: 1))))
    }
  }

  deinit { stop() }

  public var batchCount: Int { batches.count }
  /// Batches handed out so far.
  public var position: Int { nextIndex }

  /// The next batch; nil after the last. What went wrong in a worker is thrown here.
  public func next() throws -> Batch? {
    guard nextIndex < batches.count else {
      stop()
      return nil
    }
    let batch = loader.workers == 0 ? try prepare(nextIndex) : try take(nextIndex)
    nextIndex += 1
    return batch
  }

  /// Passes over `count` batches. They are prepared and dropped: only so do the streams of the
  /// random transforms end where they would have.
  public func skip(_ count: Int) throws {
    for _ in 0..<count where try next() == nil { return }
  }

  /// Goes to a batch without preparing those before it; for a loader without workers, whose streams
  /// somebody has put where they stood there.
  func jump(to position: Int) {
    precondition(threads.isEmpty, "workers have begun to prepare batches in order")
    nextIndex = position
  }

  /// Ends the workers; they finish the batch in hand first.
  public func stop() {
    queue.update { $0.isStopped = true }
    for thread in threads { thread.join() }
    threads = []
  }

  private func prepare(_ index: Int) throws -> Batch {
    var streams = loader.currentStreams
    let batch = try Self.batch(batches[index], loader.dataset, &streams, context)
    loader.currentStreams = streams
    return batch
  }

  private func take(_ index: Int) throws -> Batch {
    let result = queue.wait(
      until: { queue -> Result<Batch, Fault>? in
        guard let result = queue.ready.removeValue(forKey: index) else { return nil }
        queue.taken = index + 1
        return result
      }, poll: { context.cancellation.isRequested })
    guard let result else { throw Fault(.interrupted, "interrupted while loading data") }
    return try result.get()
  }

  private static func batch(
    _ cases: [Int], _ dataset: any Dataset, _ streams: inout PipelineStreams,
    _ context: TransformContext
  ) throws -> Batch {
    var samples: [Samples] = []
    for index in cases { samples.append(try dataset.samples(at: index, &streams, context)) }
    return try Batch(collating: samples)
  }

  private static func worker(
    _ worker: Int, seed: UInt32, _ loader: DataLoader, _ batches: [[Int]], _ queue: Monitor<Queue>,
    _ context: TransformContext
  ) -> @Sendable () -> Void {
    { [dataset = loader.dataset, workers = loader.workers, prefetch = loader.prefetch] in
      var streams = dataset.pipeline.streams(seed: seed)
      for index in stride(from: worker, to: batches.count, by: workers) {
        let goesOn = queue.wait(until: { queue -> Bool? in
          if queue.isStopped { return false }
          return index < queue.taken + workers * prefetch ? true : nil
        })
        guard goesOn == true else { return }
        let result: Result<Batch, Fault>
        do {
          result = .success(try batch(batches[index], dataset, &streams, context))
        } catch {
          result = .failure(error as? Fault ?? Fault(.data, "\(error)"))
        }
        queue.update { $0.ready[index] = result }
        // The consumer stops at the first fault; what would follow is not wanted.
        if case .failure = result { return }
      }
    }
  }
}
