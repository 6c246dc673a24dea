import Components
import Foundation
import TestSupport

@testable import Engine

extension ParityFixture {
  /// Image and label as a fixture holds them, with an affine where it has one.
  func sample(_ prefix: String, keys: [String] = ["image", "label"]) throws -> Sample {
    var sample = Sample()
    for key in keys where has("\(prefix)/\(key)") {
      let tensor = try image("\(prefix)/\(key)")
      sample[key] = .tensor(tensor)
      if has("\(prefix)/\(key)_affine") {
        sample[Sample.metadataKey(key)] = .metadata(
          Metadata(
            fileName: "\(key).nii.gz", affine: try affine("\(prefix)/\(key)_affine"),
            spatialShape: Array(tensor.shape.dropFirst())))
      }
    }
    return sample
  }

  /// The transform a note describes, made as a config would make it.
  func transform(_ name: String) throws -> any Transform {
    guard let note = optionalNote(name) else { throw MissingFixture(name) }
    let described = try JSONDecoder().decode(JSONValue.self, from: Data(note.utf8)).value
    guard case .dict(let entries) = described, case .string(let type)? = entries["name"],
      case .dict(let arguments)? = entries["args"],
      let component = Catalog(transformTypes)[type],
      let transform = try component.make(arguments) as? any Transform
    else { throw MissingFixture("\(name) as a transform") }
    return transform
  }

  func value(_ name: String) throws -> Value {
    guard let note = optionalNote(name) else { throw MissingFixture(name) }
    return try JSONDecoder().decode(JSONValue.self, from: Data(note.utf8)).value
  }
}

/// JSON as the values a config would hold.
struct JSONValue: Decodable {
  let value: Value

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      var entries = ValueDictionary()
      for key in container.allKeys {
        entries[key.stringValue] = try container.decode(JSONValue.self, forKey: key).value
      }
      value = .dict(entries)
    } else if var container = try? decoder.unkeyedContainer() {
      var items: [Value] = []
      while !container.isAtEnd { items.append(try container.decode(JSONValue.self).value) }
      value = .list(items)
    } else {
      let single = try decoder.singleValueContainer()
      if single.decodeNil() {
        value = .none
      } else if let flag = try? single.decode(Bool.self) {
        value = .bool(flag)
      } else if let number = try? single.decode(Int.self) {
        value = .int(number)
      } else if let number = try? single.decode(Double.self) {
        value = .double(number)
      } else {
        value = .string(try single.decode(String.self))
      }
    }
  }
}

extension Transform {
  /// Takes back what the last record of `key` tells.
  func inverted(_ sample: Sample, key: String, nearest: Bool = false) throws -> Sample {
    var sample = sample
    try Compose([self]).invert(
      &sample, key: key, records: sample.trace(of: key), nearest: nearest, .testing)
    return sample
  }
}
