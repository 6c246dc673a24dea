import Components

/// Reads the scalars of TensorBoard event files.
public enum EventReader {
  /// All scalars of one file in the order they were written.
  ///
  /// A record that is not complete yet ends the reading; a damaged one is a fault.
  public static func read(_ path: String) throws -> [ScalarEvent] {
    let source = try FileSource(path)
    return try scalars(in: source.bytes(at: 0, count: source.size), path: path)
  }

  /// All scalars of a folder's event files, in order of the files' names.
  public static func read(folder: String) throws -> [ScalarEvent] {
    let names: [String]
    do { names = try Disk().names(in: folder) } catch { throw error.reading(folder) }
    return try names.filter { EventWriter.isEventFile($0) }
      .flatMap { try read(PathName.join(folder, $0)) }
  }

  static func scalars(in bytes: [UInt8], path: String) throws -> [ScalarEvent] {
    var events: [ScalarEvent] = []
    var offset = 0
    while offset < bytes.count {
      guard let count = bytes.number(UInt64.self, at: offset),
        let countCheck = bytes.number(UInt32.self, at: offset + 8)
      else { break }
      guard Checksum32C.masked(bytes[offset..<(offset + 8)]) == countCheck else {
        throw Fault.damaged(path, "the length at byte \(offset) has a wrong checksum")
      }
      guard let body = Int(exactly: count), body <= bytes.count - offset - 16,
        let check = bytes.number(UInt32.self, at: offset + 12 + body)
      else { break }
      let record = bytes[(offset + 12)..<(offset + 12 + body)]
      guard Checksum32C.masked(record) == check else {
        throw Fault.damaged(path, "the record at byte \(offset) has a wrong checksum")
      }
      events += try event(record, path)
      offset += 16 + body
    }
    return events
  }

  private static func event(_ record: ArraySlice<UInt8>, _ path: String) throws -> [ScalarEvent] {
    var step = 0
    var wallTime = 0.0
    var values: [(tag: String, value: Float)] = []
    try Message(record, path: path).forEach { number, field in
      switch (number, field) {
      case (1, .fixed64(let bits)): wallTime = Double(bitPattern: bits)
      case (2, .varint(let bits)): step = Int(Int64(bitPattern: bits))
      case (5, .bytes(let summary)):
        try Message(summary, path: path).forEach { number, field in
          guard number == 1, case .bytes(let value) = field else { return }
          if let value = try scalar(value, path) { values.append(value) }
        }
      default: break
      }
    }
    return values.map { ScalarEvent(tag: $0.tag, step: step, value: $0.value, wallTime: wallTime) }
  }

  private static func scalar(
    _ bytes: ArraySlice<UInt8>, _ path: String
  ) throws -> (tag: String, value: Float)? {
    var tag = ""
    var value: Float?
    try Message(bytes, path: path).forEach { number, field in
      switch (number, field) {
      case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
      case (2, .fixed32(let bits)): value = Float(bitPattern: bits)
      default: break
      }
    }
    return value.map { (tag, $0) }
  }
}

/// The fields of a protocol buffer message, in order.
private struct Message {
  enum Field {
    case varint(UInt64)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
    case fixed32(UInt32)
  }

  private let bytes: ArraySlice<UInt8>
  private let path: String

  init(_ bytes: ArraySlice<UInt8>, path: String) { (self.bytes, self.path) = (bytes, path) }

  func forEach(_ body: (UInt64, Field) throws -> Void) throws {
    var rest = bytes
    while !rest.isEmpty {
      let key = try varint(&rest)
      let field: Field
      switch key & 7 {
      case 0: field = .varint(try varint(&rest))
      case 1: field = .fixed64(try fixed(&rest))
      case 2: field = .bytes(try take(Int(clamping: varint(&rest)), &rest))
      case 5: field = .fixed32(try fixed(&rest))
      default: throw Fault.damaged(path, "a record has a field of an unknown kind")
      }
      try body(key >> 3, field)
    }
  }

  private func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { break }
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
    }
    throw Fault.damaged(path, "a record ends inside a number")
  }

  private func fixed<T: FixedWidthInteger>(_ rest: inout ArraySlice<UInt8>) throws -> T {
    let bytes = Array(try take(MemoryLayout<T>.size, &rest))
    return bytes.number(T.self, at: 0) ?? 0
  }

  private func take(
    _ count: Int, _ rest: inout ArraySlice<UInt8>
  ) throws -> ArraySlice<UInt8> {
    guard count <= rest.count else { throw Fault.damaged(path, "a record ends inside a field") }
    defer { rest.removeFirst(count) }
    return rest.prefix(count)
  }
}
