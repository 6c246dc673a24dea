import CDeflate
import Components

/// Where a writer puts the bytes of one new file: buffered, counted and checksummed.
public final class FileSink {
  /// Bytes handed over so far: where the next one will stand in the file.
  public private(set) var offset = 0
  private(set) var checksum: UInt32 = 0
  private let path: String
  private let file: Int32
  private let fileSystem: any FileSystem
  private var pending: [UInt8] = []
  private var written = 0

  private static let bufferSize = 1 << 16

  init(path: String, file: Int32, on fileSystem: any FileSystem) {
    (self.path, self.file, self.fileSystem) = (path, file, fileSystem)
    pending.reserveCapacity(Self.bufferSize)
  }

  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    if bytes.isEmpty { return }
    checksum = UInt32(libdeflate_crc32(checksum, bytes.baseAddress, bytes.count))
    offset += bytes.count
    if pending.count + bytes.count <= Self.bufferSize {
      pending.append(contentsOf: bytes)
    } else {
      try flush()
      try pass(bytes)
    }
  }

  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  public func write(_ text: String) throws { try write(Array(text.utf8)) }

  func flush() throws {
    try pending.withUnsafeBytes { try pass($0) }
    pending.removeAll(keepingCapacity: true)
  }

  private func pass(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count: Int
      do {
        count = try fileSystem.write(file, rest)
      } catch {
        throw error.writing(path, written: written)
      }
      guard count > 0 else {
        throw Fault(
          .file, "cannot write \(path.quoted): the disk takes no more after \(written) bytes")
      }
      written += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
