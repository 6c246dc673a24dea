import Components

/// A dataset that keeps its cases after the deterministic transforms and repeats only the rest.
///
/// Source: `monai.data.CacheDataset` 0.8.1. The first min(cache_num, ⌊N·cache_rate⌋, N) cases are
/// kept. Cases share their voxels until a transform writes them, so nothing needs copying.
public struct CacheDataset: ListedDataset {
  public var source = CaseSource()
  public var transform: Ref<Transforms>?
  public var cacheNum = CaseLimit.none
  public var cacheRate = 1.0
  public var numWorkers: Int?
  public var progress = true
  public var copyCache = true
  public var asContiguous = true
  public var hashAsKey = false

  public init() {}

  public static let schema = Schema<Self>(
    "CacheDataset", "Cases of a data list, kept after the deterministic transforms.",
    .data,
    .optional("transform", \.transform, "The transforms every case goes through."),
    .optional("cache_num", \.cacheNum, in: CaseLimit(count: 0)..., "Cases to keep at most."),
    .optional("cache_rate", \.cacheRate, in: 0...1, "Share of the cases to keep."),
    .optional("num_workers", \.numWorkers, "Threads that fill the cache; None is one a core."),
    .optional("progress", \.progress, "Show how far the filling is."),
    .optional("copy_cache", \.copyCache, "Kept cases are never changed, whatever it says."),
    .optional("as_contiguous", \.asContiguous, "Tensors are contiguous, whatever it says."),
    .optional("hash_as_key", \.hashAsKey, "Equal cases are read once, whatever it says."),
    .listFile, .baseFolder, .listKey)

  /// How many of so many cases are kept.
  public func keptCount(of count: Int) -> Int {
    min(cacheNum.count, Int(Double(count) * cacheRate), count)
  }

  public func build(_ context: RunContext) throws -> any Object {
    let pipeline = transform?.built ?? Compose([])
    let listing = try source.listing(for: pipeline, context.output)
    let cases = listing.cases
    let kept = keptCount(of: cases.count)
    return try CachedDataset(
      cases, pipeline, keeping: kept, threads: max(numWorkers ?? context.threads, 1),
      showsProgress: progress, labels: listing.labels, context)
  }
}

/// A number of cases; Python's `sys.maxsize` stands for all of them.
public struct CaseLimit: ArgumentType, Comparable, CustomStringConvertible {
  public static let none = CaseLimit(count: .max)
  public static let form = ArgumentForm.int
  public static let takesAnyInt = true

  public var count: Int

  public init(count: Int) { self.count = count }

  public init(argument value: Value) throws(Fault) {
    guard case .int(let number) = value else { throw .wrongType(wanted: "int", got: value) }
    count = number
  }

  public var argumentValue: Value { .int(count) }
  public var description: String { "\(count)" }
  public static func < (left: Self, right: Self) -> Bool { left.count < right.count }
}

/// The live form of `CacheDataset`.
public final class CachedDataset: Dataset {
  private let cases: [Sample]
  private let kept: [Samples]
  public let pipeline: Compose
  public let inspection: Inspection
  public let labels: [Int: String]

  /// Reads the first `count` cases, several at a time; every file that fails is in the fault.
  public init(
    _ cases: [Sample], _ pipeline: Compose, keeping count: Int, threads: Int, showsProgress: Bool,
    labels: [Int: String] = [:], _ context: RunContext
  ) throws {
    (self.cases, self.pipeline, self.labels) = (cases, pipeline, labels)
    inspection = Inspection(pipeline, context)
    kept = try CacheFill(
      Array(cases.prefix(count)), pipeline, showsProgress: showsProgress, context
    ).run(threads: threads)
  }

  public var kind: String { "CacheDataset" }
  public var summary: String {
    let bytes = kept.reduce(0) { $0 + $1.all.reduce(0) { $0 + $1.byteCount } }
    return "CacheDataset of \(cases.count) cases, \(kept.count) kept in \(bytes / 1_048_576) MiB"
  }
  public var caseCount: Int { cases.count }
  public func listed(at index: Int) -> Sample { cases[index] }

  public func samples(
    at index: Int, _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws -> Samples {
    guard index < kept.count else { return try pipeline.apply(cases[index], &streams, context) }
    return try pipeline.applyRest(kept[index], &streams, context)
  }
}
