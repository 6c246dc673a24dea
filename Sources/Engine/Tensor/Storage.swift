import Glibc

/// The bytes of a tensor, aligned to a cache line.
///
/// Invariant behind `@unchecked`: bytes are written only by the operation that allocated them,
/// before it hands them on, or by a holder that has checked it is the only one; so whoever shares a
/// storage only reads it.
final class Storage: @unchecked Sendable {
  static let alignment = 64

  let bytes: UnsafeMutableRawBufferPointer

  /// Uninitialised.
  init(byteCount: Int) {
    let rounded = (max(byteCount, 1) + Self.alignment - 1) / Self.alignment * Self.alignment
    guard let start = aligned_alloc(Self.alignment, rounded) else {
      preconditionFailure("the system has no \(rounded) bytes left")
    }
    bytes = UnsafeMutableRawBufferPointer(start: start, count: byteCount)
  }

  deinit { free(bytes.baseAddress) }
}
