import CDeflate
import Components

/// Bytes that can be read from any place: a file, or memory in tests.
protocol ByteSource: AnyObject {
  /// What messages call it.
  var path: String { get }
  var size: Int { get }
  /// Fills the buffer from `offset`; a fault when the source ends before.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
}

extension ByteSource {
  /// The caller bounds `count`; nothing is allocated when the source does not hold that many.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw Fault.damaged(path, "it ends before byte \(offset) + \(count); it has \(size)")
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }

  /// CRC-32 of all bytes.
  func checksum() throws -> UInt32 {
    var crc: UInt32 = 0
    var offset = 0
    while offset < size {
      let piece = try bytes(at: offset, count: min(1 << 20, size - offset))
      crc = piece.withUnsafeBytes { UInt32(libdeflate_crc32(crc, $0.baseAddress, $0.count)) }
      offset += piece.count
    }
    return crc
  }
}

/// An open file.
final class FileSource: ByteSource {
  let path: String
  let size: Int
  private let file: Int32
  private let fileSystem: any FileSystem

  init(opening path: String, on fileSystem: any FileSystem = Disk()) throws(FileFailure) {
    (self.path, self.fileSystem) = (path, fileSystem)
    file = try fileSystem.open(path)
    do { size = try fileSystem.size(of: file) } catch {
      do { try fileSystem.close(file) } catch {}
      throw error
    }
  }

  convenience init(_ path: String, on fileSystem: any FileSystem = Disk()) throws {
    do { try self.init(opening: path, on: fileSystem) } catch { throw error.reading(path) }
  }

  deinit {
    // Nothing was written through it, so a failure to close loses nothing.
    do { try fileSystem.close(file) } catch {}
  }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < buffer.count {
      let count: Int
      do {
        count = try fileSystem.read(
          file, at: offset + done, into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
      } catch {
        throw error.reading(path)
      }
      guard count > 0 else {
        throw Fault.damaged(path, "it ends before byte \(offset + buffer.count)")
      }
      done += count
    }
  }
}

/// Bytes in memory.
final class MemorySource: ByteSource {
  let path: String
  private let bytes: [UInt8]

  var size: Int { bytes.count }

  init(_ bytes: [UInt8], path: String) { (self.bytes, self.path) = (bytes, path) }

  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, offset <= size, buffer.count <= size - offset else {
      throw Fault.damaged(path, "it ends before byte \(offset + buffer.count)")
    }
    bytes.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + buffer.count]))
    }
  }
}

extension [UInt8] {
  /// The number at a byte offset, nil when the array ends before.
  func number<T: FixedWidthInteger>(_ type: T.Type, at offset: Int, isBigEndian: Bool = false) -> T?
  {
    guard offset >= 0, offset <= count - MemoryLayout<T>.size else { return nil }
    let raw = withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    return isBigEndian ? T(bigEndian: raw) : T(littleEndian: raw)
  }

  mutating func append<T: FixedWidthInteger>(littleEndian number: T) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
