import Components
import Foundation
import Testing

@testable import Engine

/// Arrays and parameters that MONAI 0.8.1 left in a safetensors file; `Tests/Fixtures` has the
/// scripts that made them.
struct ParityFixture {
  private struct Header: Decodable {
    struct Entry: Decodable {
      let dtype: String
      let shape: [Int]
      let data_offsets: [Int]
    }
    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    var entries: [String: Entry] = [:]
    var notes: [String: String] = [:]

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

  struct Missing: Error { let name: String }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  private let header: Header
  private let bytes: [UInt8]
  private let start: Int

  init(_ subject: String) throws {
    bytes = [UInt8](
      try Data(contentsOf: Self.folder.appendingPathComponent(subject + ".safetensors")))
    let size = bytes.withUnsafeBytes { Int(UInt64(littleEndian: $0.load(as: UInt64.self))) }
    header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<8 + size]))
    start = 8 + size
  }

  var names: [String] { header.entries.keys.sorted() }
  func has(_ name: String) -> Bool { header.entries[name] != nil }
  func note(_ name: String) -> String? { header.notes[name] }
  func shape(_ name: String) throws -> [Int] { try entry(name).shape }

  /// Any number type, as doubles (whole numbers beyond 2^53 need `integers`).
  func numbers(_ name: String) throws -> [Double] {
    switch try entry(name).dtype {
    case "F64": try read(name, Double.self).map { $0 }
    case "F32": try read(name, Float.self).map(Double.init)
    case "U8", "BOOL": try read(name, UInt8.self).map(Double.init)
    default: try integers(name).map(Double.init)
    }
  }

  func integers(_ name: String) throws -> [Int] {
    switch try entry(name).dtype {
    case "I64": try read(name, Int64.self).map { Int($0) }
    case "I32": try read(name, Int32.self).map { Int($0) }
    case "U32": try read(name, UInt32.self).map { Int($0) }
    case "I16": try read(name, Int16.self).map { Int($0) }
    case "U8", "BOOL": try read(name, UInt8.self).map { Int($0) }
    default: throw Missing(name: "\(name) as integers")
    }
  }

  /// The array as a float32 tensor of its shape.
  func tensor(_ name: String) throws -> Tensor {
    Tensor(try numbers(name).map { Float($0) }, shape: try shape(name))
  }

  func affine(_ name: String) throws -> Affine {
    let flat = try numbers(name)
    return Affine(rows: (0..<4).map { row in (0..<4).map { flat[row * 4 + $0] } })
  }

  private func entry(_ name: String) throws -> Header.Entry {
    guard let entry = header.entries[name] else { throw Missing(name: name) }
    return entry
  }

  private func read<T: BitwiseCopyable>(_ name: String, _ type: T.Type) throws -> [T] {
    let entry = try entry(name)
    return bytes.withUnsafeBytes { raw in
      (0..<entry.shape.reduce(1, *)).map {
        raw.loadUnaligned(
          fromByteOffset: start + entry.data_offsets[0] + $0 * MemoryLayout<T>.size, as: T.self)
      }
    }
  }
}

/// Same shape, and every element within `tolerance`, relative to the largest of the expected ones.
func expectClose(
  _ got: Tensor, _ wanted: Tensor, tolerance: Double = 1e-5, _ comment: String = "",
  at location: SourceLocation = #_sourceLocation
) {
  #expect(got.shape == wanted.shape, "\(comment)", sourceLocation: location)
  guard got.shape == wanted.shape else { return }
  let (a, b) = (got.asFloat32.elements(of: Float.self), wanted.asFloat32.elements(of: Float.self))
  let scale = Double(b.map(abs).max() ?? 0)
  let worst = zip(a, b).map { abs(Double($0) - Double($1)) }.max() ?? 0
  #expect(worst <= tolerance * max(scale, 1e-30), "\(comment)", sourceLocation: location)
}

func expectClose(
  _ got: Affine, _ wanted: Affine, _ comment: String = "",
  at location: SourceLocation = #_sourceLocation
) {
  for row in 0..<4 {
    for column in 0..<4 {
      let (a, b) = (got.rows[row][column], wanted.rows[row][column])
      #expect(
        abs(a - b) <= 1e-5 * max(1, abs(b)), "\(comment) [\(row)][\(column)]",
        sourceLocation: location)
    }
  }
}
