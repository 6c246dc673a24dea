import CDeflate
import Components

/// Reads ZIP archives as PyTorch writes them, through the central directory.
///
/// Both the directory and each record's own header must agree, every record's CRC-32 is checked, and
/// nothing is allocated before the declared size has been compared with the bytes that are there.
/// Records are stored, or deflated within what deflate can reach (1032 times its input).
struct ZipArchive {
  struct Record {
    let name: String
    let method: UInt16
    let checksum: UInt32
    let storedCount: Int
    /// Bytes after inflating.
    let count: Int
    let headerOffset: Int
  }

  let source: any ByteSource
  /// In the order of the directory.
  let names: [String]
  private let records: [String: Record]
  /// Where the directory begins, so where records must end.
  private let directoryOffset: Int

  private static let maxRecords = 1_000_000
  private static let maxDirectory = 256 << 20

  init(_ source: any ByteSource) throws {
    self.source = source
    let end = try ZipEnd(source)
    guard end.recordCount <= Self.maxRecords, end.directoryCount <= Self.maxDirectory else {
      throw Fault(.limit, "\(source.path.quoted) has too many records: \(end.recordCount)")
    }
    directoryOffset = end.directoryOffset
    let directory = try source.bytes(at: end.directoryOffset, count: end.directoryCount)
    var names: [String] = []
    var records: [String: Record] = [:]
    var offset = 0
    while offset < directory.count {
      let record = try Self.record(in: directory, at: &offset, of: source)
      guard records.updateValue(record, forKey: record.name) == nil else {
        throw Fault.damaged(source.path, "two records are called \(record.name.quoted)")
      }
      names.append(record.name)
    }
    guard names.count == end.recordCount else {
      throw Fault.damaged(
        source.path, "its directory lists \(names.count) records, not \(end.recordCount)")
    }
    (self.names, self.records) = (names, records)
  }

  subscript(name: String) -> Record? { records[name] }

  func require(_ name: String) throws -> Record {
    guard let record = records[name] else {
      throw Fault.damaged(source.path, "the record \(name.quoted) is missing")
    }
    return record
  }

  /// All bytes of a record that may hold at most `limit` of them.
  func bytes(of record: Record, limit: Int) throws -> [UInt8] {
    guard record.count <= limit else {
      throw Fault(
        .limit, "the record \(record.name.quoted) of \(source.path.quoted) is too large",
        got: "\(record.count) bytes", wanted: "at most \(limit)")
    }
    _ = try payloadOffset(of: record)
    return try [UInt8](unsafeUninitializedCapacity: record.count) { buffer, filled in
      try read(record, into: UnsafeMutableRawBufferPointer(buffer))
      filled = record.count
    }
  }

  /// Fills `buffer`, which has the record's count, and checks the CRC.
  func read(_ record: Record, into buffer: UnsafeMutableRawBufferPointer) throws {
    let offset = try payloadOffset(of: record)
    if record.method == 0 {
      try source.read(at: offset, into: buffer)
    } else {
      let packed = try source.bytes(at: offset, count: record.storedCount)
      try inflate(packed, into: buffer, record)
    }
    let checksum = UInt32(libdeflate_crc32(0, buffer.baseAddress, buffer.count))
    guard checksum == record.checksum else {
      throw Fault.damaged(source.path, "the checksum of the record \(record.name.quoted) is wrong")
    }
  }

  /// Where the bytes of a record begin, after its own header has been compared with the directory.
  func payloadOffset(of record: Record) throws -> Int {
    let header = try source.bytes(at: record.headerOffset, count: 30)
    func damaged(_ what: String) -> Fault {
      Fault.damaged(source.path, "the record \(record.name.quoted) \(what)")
    }
    guard header.number(UInt32.self, at: 0) == 0x0403_4b50,
      header.number(UInt16.self, at: 8) == record.method,
      let nameCount = header.number(UInt16.self, at: 26),
      let extraCount = header.number(UInt16.self, at: 28)
    else { throw damaged("has a header that disagrees with the directory") }
    let name = try source.bytes(at: record.headerOffset + 30, count: Int(nameCount))
    guard name == Array(record.name.utf8) else { throw damaged("has another name in its header") }
    let payload = record.headerOffset + 30 + Int(nameCount) + Int(extraCount)
    guard payload <= directoryOffset, record.storedCount <= directoryOffset - payload else {
      throw damaged("does not fit into the file")
    }
    return payload
  }

  private func inflate(
    _ packed: [UInt8], into buffer: UnsafeMutableRawBufferPointer, _ record: Record
  ) throws {
    let inflater = try Inflater()
    guard inflater.inflateRaw(packed, into: buffer) else {
      throw Fault.damaged(source.path, "the record \(record.name.quoted) does not inflate")
    }
  }

  /// One entry of the central directory.
  private static func record(
    in directory: [UInt8], at offset: inout Int, of source: any ByteSource
  ) throws -> Record {
    func damaged(_ what: String) -> Fault {
      Fault.damaged(source.path, "its directory \(what)")
    }
    guard directory.number(UInt32.self, at: offset) == 0x0201_4b50,
      let flags = directory.number(UInt16.self, at: offset + 8),
      let method = directory.number(UInt16.self, at: offset + 10),
      let checksum = directory.number(UInt32.self, at: offset + 16),
      let packed = directory.number(UInt32.self, at: offset + 20),
      let unpacked = directory.number(UInt32.self, at: offset + 24),
      let nameCount = directory.number(UInt16.self, at: offset + 28),
      let extraCount = directory.number(UInt16.self, at: offset + 30),
      let commentCount = directory.number(UInt16.self, at: offset + 32),
      let header = directory.number(UInt32.self, at: offset + 42)
    else { throw damaged("is not one") }
    let nameEnd = offset + 46 + Int(nameCount)
    let extraEnd = nameEnd + Int(extraCount)
    let end = extraEnd + Int(commentCount)
    guard end <= directory.count else { throw damaged("ends inside an entry") }
    guard let name = String(validating: directory[(offset + 46)..<nameEnd], as: UTF8.self),
      !name.isEmpty, !name.utf8.contains(0)
    else { throw damaged("has a name that is not UTF-8 text") }

    var wide = Zip64Field(Array(directory[nameEnd..<extraEnd]))
    guard let count = wide.resolve(unpacked), let storedCount = wide.resolve(packed),
      let headerOffset = wide.resolve(header)
    else { throw damaged("lacks the large sizes of \(name.quoted)") }
    guard method == 0 ? count == storedCount : method == 8 else {
      throw damaged("has an unknown packing for \(name.quoted)")
    }
    guard flags & 1 == 0 else { throw damaged("has an encrypted record \(name.quoted)") }
    guard storedCount <= source.size, count <= Inflater.reach(of: storedCount) else {
      throw damaged("claims \(count) bytes for \(name.quoted)")
    }
    offset = end
    return Record(
      name: name, method: method, checksum: checksum, storedCount: storedCount, count: count,
      headerOffset: headerOffset)
  }
}

/// The ZIP64 extra field: the sizes that did not fit into 32 bits, in order.
private struct Zip64Field {
  private var values: [UInt64] = []

  init(_ extra: [UInt8]) {
    var offset = 0
    while let id = extra.number(UInt16.self, at: offset),
      let count = extra.number(UInt16.self, at: offset + 2)
    {
      if id == 1 {
        values = (0..<(Int(count) / 8)).compactMap {
          extra.number(UInt64.self, at: offset + 4 + 8 * $0)
        }
      }
      offset += 4 + Int(count)
    }
  }

  mutating func resolve(_ narrow: UInt32) -> Int? {
    if narrow != UInt32.max { return Int(narrow) }
    return values.isEmpty ? nil : Int(exactly: values.removeFirst())
  }
}

/// The end records of an archive: where the central directory is.
private struct ZipEnd {
  let recordCount: Int
  let directoryOffset: Int
  let directoryCount: Int

  init(_ source: any ByteSource) throws {
    let tailCount = min(source.size, 22 + 0xffff)
    let tail = try source.bytes(at: source.size - tailCount, count: tailCount)
    guard let end = Self.endRecord(in: tail) else {
      throw Fault.damaged(source.path, "the end of the archive is missing; it was cut short")
    }
    func field<T: FixedWidthInteger>(_ type: T.Type, _ offset: Int) -> T {
      tail.number(type, at: end + offset) ?? 0
    }
    guard field(UInt16.self, 4) == 0, field(UInt16.self, 6) == 0,
      field(UInt16.self, 8) == field(UInt16.self, 10)
    else { throw Fault.damaged(source.path, "it is one part of a split archive") }
    let endOffset = source.size - tailCount + end
    var numbers = (
      UInt64(field(UInt16.self, 10)), UInt64(field(UInt32.self, 12)), UInt64(field(UInt32.self, 16))
    )
    var limit = endOffset
    if let wide = try Self.wideRecord(before: endOffset, source) {
      (numbers, limit) = (wide.numbers, wide.offset)
    } else if numbers.0 == 0xffff || numbers.1 == 0xffff_ffff || numbers.2 == 0xffff_ffff {
      throw Fault.damaged(source.path, "its ZIP64 end record is missing")
    }
    guard let records = Int(exactly: numbers.0), let count = Int(exactly: numbers.1),
      let offset = Int(exactly: numbers.2), offset <= limit, count == limit - offset
    else { throw Fault.damaged(source.path, "its directory does not fit into the file") }
    (recordCount, directoryCount, directoryOffset) = (records, count, offset)
  }

  /// The last place where an end record's comment reaches exactly to the end of the file.
  private static func endRecord(in tail: [UInt8]) -> Int? {
    guard tail.count >= 22 else { return nil }
    for offset in stride(from: tail.count - 22, through: 0, by: -1)
    where tail.number(UInt32.self, at: offset) == 0x0605_4b50 {
      let comment = Int(tail.number(UInt16.self, at: offset + 20) ?? 0)
      if offset + 22 + comment == tail.count { return offset }
    }
    return nil
  }

  private static func wideRecord(
    before end: Int, _ source: any ByteSource
  ) throws -> (numbers: (UInt64, UInt64, UInt64), offset: Int)? {
    guard end >= 20 else { return nil }
    let locator = try source.bytes(at: end - 20, count: 20)
    guard locator.number(UInt32.self, at: 0) == 0x0706_4b50 else { return nil }
    guard let offset = locator.number(UInt64.self, at: 8).flatMap({ Int(exactly: $0) }),
      offset <= end - 76
    else { throw Fault.damaged(source.path, "its ZIP64 end record lies outside the file") }
    let record = try source.bytes(at: offset, count: 56)
    guard record.number(UInt32.self, at: 0) == 0x0606_4b50,
      let count = record.number(UInt64.self, at: 4), count == UInt64(end - 20 - offset - 12),
      record.number(UInt64.self, at: 24) == record.number(UInt64.self, at: 32),
      let records = record.number(UInt64.self, at: 32),
      let size = record.number(UInt64.self, at: 40),
      let start = record.number(UInt64.self, at: 48)
    else { throw Fault.damaged(source.path, "its ZIP64 end record is not one") }
    return ((records, size, start), offset)
  }
}
