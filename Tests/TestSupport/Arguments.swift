import Components
import Foundation

/// The arguments of a component from JSON, as a fixture's notes hold them.
public struct Arguments {
  public let value: ValueDictionary

  public init(_ json: String) throws {
    let decoded = try JSONDecoder().decode(Node.self, from: Data(json.utf8))
    guard case .dict(let dictionary) = decoded.value else {
      throw ParityFixture.Problem(description: "\(json) is no dict")
    }
    value = dictionary
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Node: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
      if let keyed = try? decoder.container(keyedBy: Key.self) {
        value = .dict(
          ValueDictionary(
            try keyed.allKeys.map {
              ($0.stringValue, try keyed.decode(Node.self, forKey: $0).value)
            }
          ))
        return
      }
      if var list = try? decoder.unkeyedContainer() {
        var items: [Value] = []
        while !list.isAtEnd { items.append(try list.decode(Node.self).value) }
        value = .list(items)
        return
      }
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
