import CDeflate
import Components

/// Writes a ZIP archive as PyTorch does: stored records whose bytes begin at multiples of 64, sizes
/// and checksums in a descriptor behind each, ZIP64 where a size asks for it.
struct ZipWriter {
  private struct Record {
    let name: [UInt8]
    let checksum: UInt32
    let count: Int
    let headerOffset: Int
  }

  private let sink: FileSink
  private var records: [Record] = []

  private static let alignment = 64
  /// Sizes follow the bytes; names are UTF-8.
  private static let flags: UInt16 = 0x0808
  private static let narrowLimit = Int(UInt32.max)

  init(_ sink: FileSink) { self.sink = sink }

  /// CRC-32 of every record so far, in order.
  var checksums: [UInt32] { records.map(\.checksum) }
  var names: [[UInt8]] { records.map(\.name) }

  mutating func add(_ name: String, _ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try add(name, $0) }
  }

  mutating func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws {
    let name = Array(name.utf8)
    let isWide = bytes.count >= Self.narrowLimit
    let headerOffset = sink.offset
    try sink.write(header(name, isWide: isWide, at: headerOffset))
    let checksum = UInt32(libdeflate_crc32(0, bytes.baseAddress, bytes.count))
    try sink.write(bytes)
    var descriptor: [UInt8] = []
    descriptor.append(littleEndian: UInt32(0x0807_4b50))
    descriptor.append(littleEndian: checksum)
    for _ in 0..<2 {
      if isWide {
        descriptor.append(littleEndian: UInt64(bytes.count))
      } else {
        descriptor.append(littleEndian: UInt32(bytes.count))
      }
    }
    try sink.write(descriptor)
    records.append(
      Record(name: name, checksum: checksum, count: bytes.count, headerOffset: headerOffset))
  }

  private func header(_ name: [UInt8], isWide: Bool, at offset: Int) -> [UInt8] {
    var wide: [UInt8] = []
    if isWide {
      wide.append(littleEndian: UInt16(1))
      wide.append(littleEndian: UInt16(16))
      wide += [UInt8](repeating: 0, count: 16)
    }
    let fixed = offset + 30 + name.count + wide.count + 4
    let padding = (Self.alignment - fixed % Self.alignment) % Self.alignment
    var header: [UInt8] = []
    header.append(littleEndian: UInt32(0x0403_4b50))
    header.append(littleEndian: UInt16(isWide ? 45 : 0))
    header.append(littleEndian: Self.flags)
    header += [UInt8](repeating: 0, count: 10)
    let sizes = isWide ? UInt32.max : 0
    header.append(littleEndian: sizes)
    header.append(littleEndian: sizes)
    header.append(littleEndian: UInt16(name.count))
    header.append(littleEndian: UInt16(wide.count + 4 + padding))
    header += name + wide
    header += Array("FB".utf8)
    header.append(littleEndian: UInt16(padding))
    header += [UInt8](repeating: UInt8(ascii: "Z"), count: padding)
    return header
  }

  /// Writes the directory; nothing can be added after.
  func finish() throws {
    let start = sink.offset
    for record in records { try sink.write(entry(record)) }
    let size = sink.offset - start
    let wideEnd = sink.offset
    var end: [UInt8] = []
    end.append(littleEndian: UInt32(0x0606_4b50))
    end.append(littleEndian: UInt64(44))
    end.append(littleEndian: UInt16(0x031e))
    end.append(littleEndian: UInt16(45))
    end.append(littleEndian: UInt64(0))
    end.append(littleEndian: UInt64(records.count))
    end.append(littleEndian: UInt64(records.count))
    end.append(littleEndian: UInt64(size))
    end.append(littleEndian: UInt64(start))
    end.append(littleEndian: UInt32(0x0706_4b50))
    end.append(littleEndian: UInt32(0))
    end.append(littleEndian: UInt64(wideEnd))
    end.append(littleEndian: UInt32(1))
    end.append(littleEndian: UInt32(0x0605_4b50))
    end.append(littleEndian: UInt32(0))
    let count = UInt16(clamping: records.count)
    end.append(littleEndian: count)
    end.append(littleEndian: count)
    end.append(littleEndian: UInt32(clamping: size))
    end.append(littleEndian: UInt32(clamping: start))
    end.append(littleEndian: UInt16(0))
    try sink.write(end)
  }

  private func entry(_ record: Record) -> [UInt8] {
    var wide: [UInt8] = []
    let isLong = record.count >= Self.narrowLimit
    if isLong {
      wide.append(littleEndian: UInt64(record.count))
      wide.append(littleEndian: UInt64(record.count))
    }
    let isFar = record.headerOffset >= Self.narrowLimit
    if isFar { wide.append(littleEndian: UInt64(record.headerOffset)) }
    var entry: [UInt8] = []
    entry.append(littleEndian: UInt32(0x0201_4b50))
    entry.append(littleEndian: UInt16(0))
    entry.append(littleEndian: UInt16(wide.isEmpty ? 0 : 45))
    entry.append(littleEndian: Self.flags)
    entry += [UInt8](repeating: 0, count: 6)
    entry.append(littleEndian: record.checksum)
    entry.append(littleEndian: isLong ? UInt32.max : UInt32(record.count))
    entry.append(littleEndian: isLong ? UInt32.max : UInt32(record.count))
    entry.append(littleEndian: UInt16(record.name.count))
    entry.append(littleEndian: UInt16(wide.isEmpty ? 0 : wide.count + 4))
    entry += [UInt8](repeating: 0, count: 10)
    entry.append(littleEndian: isFar ? UInt32.max : UInt32(record.headerOffset))
    entry += record.name
    if !wide.isEmpty {
      entry.append(littleEndian: UInt16(1))
      entry.append(littleEndian: UInt16(wide.count))
      entry += wide
    }
    return entry
  }
}
