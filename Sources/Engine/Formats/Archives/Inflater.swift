import CDeflate
import CZlib
import Components

/// libdeflate's decompressor: whole buffers of known size, no streaming.
final class Inflater {
  private let state: OpaquePointer

  init() throws {
    guard let state = libdeflate_alloc_decompressor() else {
      throw Fault(.limit, "no memory is left to inflate with")
    }
    self.state = state
  }

  deinit { libdeflate_free_decompressor(state) }

  /// The most bytes that `count` deflated ones can stand for.
  static func reach(of count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: 1032)
    return overflow ? Int.max : product
  }

  /// True when the raw deflate stream fills the buffer exactly.
  func inflateRaw(_ packed: [UInt8], into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    libdeflate_deflate_decompress(
      state, packed, packed.count, buffer.baseAddress, buffer.count, nil) == LIBDEFLATE_SUCCESS
  }

  /// True when the zlib stream fills the buffer exactly and its Adler-32 is right.
  func inflateZlib(_ packed: [UInt8], into buffer: UnsafeMutableRawBufferPointer) -> Bool {
    libdeflate_zlib_decompress(
      state, packed, packed.count, buffer.baseAddress, buffer.count, nil) == LIBDEFLATE_SUCCESS
  }

  enum Failure: Error { case corrupt, tooLong }

  /// One gzip member with its CRC-32 and length checked; the counts of bytes used and made.
  func inflateMember(
    _ packed: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> (used: Int, made: Int) {
    var (used, made) = (0, 0)
    let result = libdeflate_gzip_decompress_ex(
      state, packed.baseAddress, packed.count, buffer.baseAddress, buffer.count, &used, &made)
    switch result {
    case LIBDEFLATE_SUCCESS: return (used, made)
    case LIBDEFLATE_INSUFFICIENT_SPACE: throw .tooLong
    default: throw .corrupt
    }
  }
}
