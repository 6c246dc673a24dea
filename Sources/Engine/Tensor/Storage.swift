/// The bytes of a tensor, aligned to a cache line.
///
/// Invariant behind `@unchecked`: bytes are written only by the operation that allocated them,
/// before it hands them on, or by a holder that has checked it is the only one; so whoever shares a
/// storage only reads it.
final class Storage: @unchecked Sendable {
  let bytes: UnsafeMutableRawBufferPointer
  private let block: MemoryCache.Block

  /// Uninitialised.
  init(byteCount: Int) {
    block = MemoryCache.take(byteCount)
    bytes = UnsafeMutableRawBufferPointer(start: block.start, count: byteCount)
  }

  deinit { MemoryCache.give(block) }
}
