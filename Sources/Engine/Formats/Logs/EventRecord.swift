import Components

/// One number of a training run, as TensorBoard shows it.
public struct ScalarEvent: Sendable, Equatable {
  public var tag: String
  public var step: Int
  public var value: Float
  /// Seconds since 1970.
  public var wallTime: Double

  public init(tag: String, step: Int, value: Float, wallTime: Double) {
    (self.tag, self.step, self.value, self.wallTime) = (tag, step, value, wallTime)
  }
}

/// The `tensorflow.Event` message and its frame: length, checksum, bytes, checksum.
enum EventRecord {
  /// The first record of every file.
  static func version(wallTime: Double) -> [UInt8] {
    framed(head(wallTime: wallTime, step: 0) + field(3, Array("brain.Event:2".utf8)))
  }

  static func scalar(_ event: ScalarEvent) -> [UInt8] {
    var value = field(1, Array(event.tag.utf8))
    value.append(2 << 3 | 5)
    value.append(littleEndian: event.value.bitPattern)
    let summary = field(1, value)
    return framed(head(wallTime: event.wallTime, step: event.step) + field(5, summary))
  }

  private static func framed(_ body: [UInt8]) -> [UInt8] {
    var record: [UInt8] = []
    record.append(littleEndian: UInt64(body.count))
    record.append(littleEndian: Checksum32C.masked(record))
    record += body
    record.append(littleEndian: Checksum32C.masked(body))
    return record
  }

  /// Fields 1 and 2; a step of zero is left out, as protocol buffers do.
  private static func head(wallTime: Double, step: Int) -> [UInt8] {
    var bytes: [UInt8] = [1 << 3 | 1]
    bytes.append(littleEndian: wallTime.bitPattern)
    if step != 0 { bytes += [2 << 3] + varint(UInt64(bitPattern: Int64(step))) }
    return bytes
  }

  private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
  }

  private static func varint(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
