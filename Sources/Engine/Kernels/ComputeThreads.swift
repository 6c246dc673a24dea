import Synchronization

/// How many threads one piece of numeric work is split over; `--threads`.
///
/// Results depend on it (sums are added in another order) and on nothing else.
public enum ComputeThreads {
  private static let chosen = Atomic<Int>(0)

  /// The number set, else what this process may use.
  public static var count: Int {
    let number = chosen.load(ordering: .relaxed)
    return number > 0 ? number : UsableProcessors.count
  }

  public static func set(_ count: Int) { chosen.store(max(1, min(count, 256)), ordering: .relaxed) }
}
