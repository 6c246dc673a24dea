import Glibc
import Synchronization

/// Keeps freed tensor memory for the next tensor of about its size, so that a training step touches
/// no fresh pages. Thread-safe.
///
/// Sizes are rounded up to eighths of a power of two. What is held altogether stays near the largest
/// amount that was ever in use at once.
enum MemoryCache {
  /// A stretch of memory. Invariant behind `@unchecked`: it has one owner, the cache or a `Storage`.
  struct Block: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
    let capacity: Int
  }

  static let alignment = 64
  /// Below this malloc is as good; above `hugePage` pages of 2 MiB save address translation.
  private static let smallest = 16_384
  private static let hugePage = 2 << 20

  private struct Shelves {
    var free: [Int: [Block]] = [:]
    var cached = 0
    var used = 0
    var peak = 0
  }
  private static let shelves = Mutex(Shelves())

  /// Uninitialised memory of at least that many bytes.
  static func take(_ byteCount: Int) -> Block {
    let capacity = roundedUp(byteCount)
    guard capacity >= smallest else { return allocate(capacity) }
    let cached = shelves.withLock { shelves in
      shelves.used += capacity
      shelves.peak = max(shelves.peak, shelves.used)
      guard let block = shelves.free[capacity]?.popLast() else { return nil as Block? }
      shelves.cached -= capacity
      return block
    }
    if let cached { return cached }
    trim()
    return allocate(capacity)
  }

  static func give(_ block: Block) {
    guard block.capacity >= smallest else { return free(block.start) }
    shelves.withLock { shelves in
      shelves.used -= block.capacity
      shelves.cached += block.capacity
      shelves.free[block.capacity, default: []].append(block)
    }
  }

  /// Bytes in tensors now, and the most there ever were.
  static var use: (now: Int, peak: Int) { shelves.withLock { ($0.used, $0.peak) } }

  /// Returns memory to the system while more is held than was ever needed.
  private static func trim() {
    let surplus = shelves.withLock { shelves in
      var surplus: [Block] = []
      let allowed = shelves.peak + shelves.peak / 8 + (64 << 20)
      for size in shelves.free.keys.sorted(by: >) where shelves.used + shelves.cached > allowed {
        while shelves.used + shelves.cached > allowed, let block = shelves.free[size]?.popLast() {
          shelves.cached -= size
          surplus.append(block)
        }
      }
      return surplus
    }
    for block in surplus { free(block.start) }
  }

  private static func allocate(_ capacity: Int) -> Block {
    let isHuge = capacity >= 2 * hugePage
    guard let start = aligned_alloc(isHuge ? hugePage : alignment, capacity) else {
      preconditionFailure("the system has no \(capacity) bytes left")
    }
    // Advice only: without huge pages everything works, a little slower.
    if isHuge { _ = madvise(start, capacity, MADV_HUGEPAGE) }
    return Block(start: start, capacity: capacity)
  }

  static func roundedUp(_ byteCount: Int) -> Int {
    let count = max(byteCount, 1)
    let bits = Int.bitWidth - count.leadingZeroBitCount
    let step = max(alignment, 1 << max(0, bits - 4))
    return (count + step - 1) / step * step
  }
}
