import Engine
import Foundation

/// A file of arrays and notes that PyTorch and MONAI computed (`Tests/Fixtures/README.md`).
///
/// The safetensors layout: the length of a JSON header as 64 bits, the header, then the bytes.
public struct ParityFixture: Sendable {
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private struct Header: Decodable {
    var notes: [String: String] = [:]
    var entries: [String: Entry] = [:]

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          notes = try container.decode([String: String].self, forKey: key)
        } else {
          entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
      }
    }
  }

  public let subject: String
  private let header: Header
  private let data: Data

  /// Reads `Tests/ParityTests/Fixtures/<subject>.safetensors`.
  public init(_ subject: String) throws {
    self.subject = subject
    let file = try Data(
      contentsOf: Self.folder.appendingPathComponent(subject + ".safetensors"))
    guard file.count >= 8 else { throw Problem(description: "\(subject) is no fixture") }
    let length = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= file.count - 8 else { throw Problem(description: "\(subject) is cut off") }
    header = try JSONDecoder().decode(Header.self, from: file.dropFirst(8).prefix(length))
    data = file.dropFirst(8 + length)
  }

  public static var folder: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("ParityTests/Fixtures")
  }

  /// The names of all arrays, sorted.
  public var names: [String] { header.entries.keys.sorted() }

  public func has(_ name: String) -> Bool { header.entries[name] != nil }

  /// An array in its own dtype. Integers that tensors do not have (uint32, int16, ...) become int64.
  public func tensor(_ name: String) throws -> Tensor {
    let (entry, bytes) = try entry(name)
    let dtypes: [String: DType] = [
      "F32": .float32, "F64": .float64, "I64": .int64, "I32": .int32, "U8": .uint8, "BOOL": .bool,
    ]
    if let dtype = dtypes[entry.dtype] {
      return Tensor(shape: entry.shape, dtype: dtype) { $0.copyBytes(from: bytes) }
    }
    return Tensor(try integers(name).map { Int64($0) }, shape: entry.shape)
  }

  public func floats(_ name: String) throws -> [Float] { try elements(name, "F32") }
  public func doubles(_ name: String) throws -> [Double] { try elements(name, "F64") }

  /// An array of integers or bools of any width. Unsigned ones beyond Int.max wrap.
  public func integers(_ name: String) throws -> [Int] {
    let (entry, _) = try entry(name)
    switch entry.dtype {
    case "I64": return try elements(name, "I64", Int64.self).map { Int($0) }
    case "U64": return try elements(name, "U64", UInt64.self).map { Int(truncatingIfNeeded: $0) }
    case "I32": return try elements(name, "I32", Int32.self).map { Int($0) }
    case "U32": return try elements(name, "U32", UInt32.self).map { Int($0) }
    case "I16": return try elements(name, "I16", Int16.self).map { Int($0) }
    case "U16": return try elements(name, "U16", UInt16.self).map { Int($0) }
    case "I8": return try elements(name, "I8", Int8.self).map { Int($0) }
    case "U8", "BOOL": return try elements(name, entry.dtype, UInt8.self).map { Int($0) }
    default: throw Problem(description: "\(name) of \(subject) is \(entry.dtype), no integers")
    }
  }

  public func shape(_ name: String) throws -> [Int] { try entry(name).0.shape }

  /// A note as it is.
  public func note(_ name: String) throws -> String {
    guard let note = header.notes[name] else {
      throw Problem(description: "\(subject) has no note \(name)")
    }
    return note
  }

  /// A note that holds JSON.
  public func note<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    try JSONDecoder().decode(Content.self, from: Data(note(name).utf8))
  }

  private func entry(_ name: String) throws -> (Entry, Data) {
    guard let entry = header.entries[name], entry.data_offsets.count == 2 else {
      throw Problem(description: "\(subject) has no array \(name)")
    }
    let start = data.startIndex + entry.data_offsets[0]
    let end = data.startIndex + entry.data_offsets[1]
    guard start <= end, end <= data.endIndex else {
      throw Problem(description: "\(name) lies outside \(subject)")
    }
    return (entry, data[start..<end])
  }

  private func elements<T: BitwiseCopyable>(
    _ name: String, _ dtype: String, _ type: T.Type = T.self
  ) throws -> [T] {
    let (entry, bytes) = try entry(name)
    guard entry.dtype == dtype else {
      throw Problem(description: "\(name) of \(subject) is \(entry.dtype), not \(dtype)")
    }
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / MemoryLayout<T>.size).map {
        raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
      }
    }
  }
}
