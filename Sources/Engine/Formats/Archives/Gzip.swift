import CDeflate
import CISAL
import CZlib
import Components
import Synchronization

/// gzip files: one or several members, each with the CRC-32 and the length of what it holds.
enum Gzip {
  static func isGzip(_ start: [UInt8]) -> Bool { start.starts(with: [0x1f, 0x8b]) }

  /// At most `count` bytes from the front, for reading a header; checksums are not reached.
  static func prefix(of source: any ByteSource, count: Int) throws -> [UInt8] {
    var stream = z_stream()
    let version = zlibVersion()
    guard inflateInit2_(&stream, 15 + 16, version, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw Fault(.limit, "no memory is left to inflate with") }
    defer { inflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: count)
    var made = 0
    var offset = 0
    while made < count, offset < source.size {
      var piece = try source.bytes(at: offset, count: min(4096, source.size - offset))
      let (status, used) = piece.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
          stream.next_in = input.baseAddress
          stream.avail_in = UInt32(input.count)
          stream.next_out = output.baseAddress.map { $0 + made }
          stream.avail_out = UInt32(count - made)
          let status = CZlib.inflate(&stream, Z_NO_FLUSH)
          made = count - Int(stream.avail_out)
          return (status, input.count - Int(stream.avail_in))
        }
      }
      offset += used
      // After the end of a member another one may follow, or padding.
      if status == Z_STREAM_END, used == piece.count || piece[used] != 0x1f { break }
      let isAlright = status == Z_STREAM_END ? inflateReset(&stream) == Z_OK : status == Z_OK
      guard isAlright else { throw Fault.damaged(source.path, "it does not inflate") }
    }
    return Array(output[..<made])
  }

  /// The whole content, which must have `count` bytes; up to `slack` more are dropped.
  ///
  /// Refused before anything is allocated when so many bytes cannot come out of the file.
  static func inflate(
    _ source: any ByteSource, count: Int, slack: Int = 1 << 16
  ) throws -> Storage {
    guard count <= Inflater.reach(of: source.size) else {
      throw Fault.damaged(
        source.path, "its header declares \(count) bytes, more than \(source.size) can inflate to")
    }
    let packed = try source.bytes(at: 0, count: source.size)
    let storage = Storage(byteCount: count + slack)
    let inflater = try Inflater()
    var (used, made) = (0, 0)
    try packed.withUnsafeBytes { packed in
      repeat {
        do throws(Inflater.Failure) {
          let member = try inflater.inflateMember(
            UnsafeRawBufferPointer(rebasing: packed[used...]),
            into: UnsafeMutableRawBufferPointer(rebasing: storage.bytes[made...]))
          used += member.used
          made += member.made
        } catch .tooLong {
          throw Fault.damaged(
            source.path, "it inflates to more than the \(count) bytes its header declares")
        } catch {
          throw Fault.damaged(
            source.path, "it does not inflate: its checksum is wrong or it was cut short")
        }
      } while used < packed.count && packed[used] == 0x1f
    }
    guard packed[used...].allSatisfy({ $0 == 0 }) else {
      throw Fault.damaged(source.path, "bytes that are not gzip follow its content")
    }
    guard made >= count else {
      throw Fault.damaged(source.path, "it holds \(made) bytes, its header declares \(count)")
    }
    return storage
  }

  /// Bytes that are deflated on their own, whatever the number of threads: equal contents make equal
  /// files.
  private static let chunk = 1 << 20
  private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]

  /// One gzip member without name and time, deflated by several threads at ISA-L's level 1: on labels a
  /// tenth of the time of zlib's level 1, and a third of the bytes.
  ///
  /// Chunks end on a byte, so they only have to be put one after another.
  static func deflate(_ bytes: UnsafeRawBufferPointer, threads: Int) throws -> [UInt8] {
    let count = max(1, (bytes.count + chunk - 1) / chunk)
    let parts = Mutex([(packed: [UInt8], checksum: UInt32)?](repeating: nil, count: count))
    parallelFor(count, threads: threads) { range in
      for index in range {
        let end = min((index + 1) * chunk, bytes.count)
        let part = UnsafeRawBufferPointer(rebasing: bytes[index * chunk..<end])
        guard let packed = deflated(part, isLast: index == count - 1) else { continue }
        let checksum = libdeflate_crc32(0, part.baseAddress, part.count)
        parts.withLock { $0[index] = (packed, checksum) }
      }
    }
    var result = header
    var checksum = UInt(0)
    for (index, part) in parts.withLock({ $0 }).enumerated() {
      guard let part else { throw Fault(.limit, "no memory is left to deflate with") }
      let length = min((index + 1) * chunk, bytes.count) - index * chunk
      checksum = crc32_combine(checksum, UInt(part.checksum), length)
      result += part.packed
    }
    for number in [UInt32(truncatingIfNeeded: checksum), UInt32(truncatingIfNeeded: bytes.count)] {
      withUnsafeBytes(of: number.littleEndian) { result += $0 }
    }
    return result
  }

  /// A stretch of a raw deflate stream; nil when there is no memory.
  private static func deflated(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> [UInt8]? {
    let room = bytes.count + bytes.count / 8 + 4096
    let packed = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      count = isal_deflate_stretch(
        bytes.baseAddress, bytes.count, isLast ? 1 : 0, buffer.baseAddress, room)
    }
    return packed.isEmpty ? nil : packed
  }
}
