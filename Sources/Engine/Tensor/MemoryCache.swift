import Glibc
import Synchronization

/// Keeps freed tensor memory for the next tensor, so that a training step touches no fresh pages.
/// Thread-safe.
///
/// Large blocks are cut from one stretch of addresses (`Arena`); medium ones go back to shelves by
/// size, rounded up to eighths of a power of two; small ones are malloc's.
enum MemoryCache {
  /// A stretch of memory. Invariant behind `@unchecked`: it has one owner, the cache or a `Storage`.
  struct Block: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let capacity: Int
  }

  static let alignment = 64
  /// Below this malloc is as good.
  private static let smallest = 16_384
  /// From here on blocks come from the arena.
  private static let large = 1 << 20

  private struct State {
    var arena = Arena()
    var free: [Int: [Block]] = [:]
    var used = 0
    var peak = 0
  }
  private static let state = Mutex(State())

  /// Uninitialised memory of at least that many bytes.
  static func take(_ byteCount: Int) -> Block {
    let capacity = byteCount < large ? roundedUp(byteCount) : Arena.roundedUp(byteCount)
    guard capacity >= smallest else { return allocate(capacity) }
    let kept = state.withLock { state in
      state.used += capacity
      state.peak = max(state.peak, state.used)
      guard capacity >= large else { return state.free[capacity]?.popLast() }
      return state.arena.take(capacity).map { Block(start: $0, capacity: capacity) }
    }
    return kept ?? allocate(capacity)
  }

  static func give(_ block: Block) {
    guard block.capacity >= smallest else { return free(block.start) }
    let isKept = state.withLock { state in
      state.used -= block.capacity
      guard block.capacity >= large else {
        state.free[block.capacity, default: []].append(block)
        return true
      }
      return state.arena.give(block.start, block.capacity)
    }
    if !isKept { free(block.start) }
  }

  /// The most bytes that tensors ever took at once.
  static var peak: Int { state.withLock(\.peak) }

  private static func allocate(_ capacity: Int) -> Block {
    guard let start = aligned_alloc(alignment, capacity) else {
      preconditionFailure("the system has no \(capacity) bytes left")
    }
    return Block(start: start, capacity: capacity)
  }

  static func roundedUp(_ byteCount: Int) -> Int {
    let count = max(byteCount, 1)
    let bits = Int.bitWidth - count.leadingZeroBitCount
    let step = max(alignment, 1 << max(0, bits - 4))
    return (count + step - 1) / step * step
  }
}

/// What tensors take in memory.
public enum TensorMemory {
  /// The most bytes at once since the process began.
  public static var peak: Int { MemoryCache.peak }
}
