import Components
import Glibc
import Synchronization

/// Cases after the deterministic part of their pipeline, kept across rebuilds of a dataset.
///
/// A case is found again when its files (path, size, time of change) are unchanged and the transforms
/// before the first random one are written alike, so editing a random transform or the network costs no second loading.
/// Beyond `byteLimit` the cases that were longest not asked for are let go; a dataset that holds
/// them keeps them alive.
public final class SampleCache: Sendable {
  private struct Entry {
    var samples: Samples
    var byteCount: Int
    var lastUse: Int
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var byteCount = 0
    var clock = 0
    var prepared = 0
  }

  private let state = Mutex(State())
  public let byteLimit: Int

  /// By default a quarter of the machine's memory.
  public init(byteLimit: Int = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) / 4) {
    self.byteLimit = byteLimit
  }

  public var byteCount: Int { state.withLock { $0.byteCount } }

  /// Cases that were read and prepared because they were not here.
  public var preparedCount: Int { state.withLock { $0.prepared } }

  func countPrepared() { state.withLock { $0.prepared += 1 } }

  /// A case after the deterministic part of a pipeline: kept from before, or made now and kept.
  public func prepared(
    _ sample: Sample, by pipeline: Compose, _ context: TransformContext
  ) throws -> Samples {
    try prepared(sample, by: pipeline, prefix: pipeline.prefixText, context)
  }

  /// The case if it is there already.
  public func kept(_ sample: Sample, by pipeline: Compose) -> Samples? {
    Self.key(sample, pipeline.prefixText).flatMap { self[$0] }
  }

  func prepared(
    _ sample: Sample, by pipeline: Compose, prefix: String?, _ context: TransformContext
  ) throws -> Samples {
    let key = Self.key(sample, prefix)
    if let key, let found = self[key] { return found }
    let made = try pipeline.applyPrefix(sample, context)
    countPrepared()
    if let key { self[key] = made }
    return made
  }

  /// Nil for a pipeline that cannot be told from others.
  private static func key(_ sample: Sample, _ prefix: String?) -> String? {
    prefix.map { sample.identity + "|" + $0 }
  }

  subscript(key: String) -> Samples? {
    get {
      state.withLock { state in
        state.clock += 1
        state.entries[key]?.lastUse = state.clock
        return state.entries[key]?.samples
      }
    }
    set {
      state.withLock { state in
        if let old = state.entries.removeValue(forKey: key) { state.byteCount -= old.byteCount }
        guard let newValue else { return }
        let size = newValue.all.reduce(0) { $0 + $1.byteCount }
        guard size <= byteLimit else { return }
        state.clock += 1
        state.entries[key] = Entry(samples: newValue, byteCount: size, lastUse: state.clock)
        state.byteCount += size
        while state.byteCount > byteLimit,
          let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
          state.byteCount -= oldest.value.byteCount
          state.entries[oldest.key] = nil
        }
      }
    }
  }
}

extension Sample {
  /// Bytes of all tensors.
  public var byteCount: Int {
    keys.reduce(0) { $0 + (tensor($1).map { $0.count * $0.dtype.size } ?? 0) }
  }

  /// Text that is equal for cases whose data list entries and files are equal: every value, and of
  /// every string that names a file its size and time of change.
  var identity: String {
    keys.map { key in
      guard case .value(let value) = self[key] else { return key }
      return "\(key)=\(value)\(Self.files(value))"
    }.joined(separator: ";")
  }

  private static func files(_ value: Value) -> String {
    switch value {
    case .string(let path):
      var status = stat()
      guard stat(path, &status) == 0 else { return "" }
      return "@\(status.st_size),\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    case .list(let items), .tuple(let items): return items.map(files).joined()
    default: return ""
    }
  }
}
