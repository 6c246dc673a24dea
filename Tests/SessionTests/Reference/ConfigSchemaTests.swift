import Components
import Engine
import Foundation
import Testing

@testable import Session

@Suite struct ConfigSchemaTests {
  private static func schema() throws -> SchemaChecker {
    SchemaChecker(root: try value(ConfigSchema(.everything).text))
  }

  private static func value(_ text: String) throws -> Value {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer {
      do { try FileManager.default.removeItem(at: file) } catch { Issue.record(error) }
    }
    return try JSONFile.read(file.path)
  }

  @Test(arguments: ["config_train.json", "config_validation.json", "config_inference.json"])
  func theConfigsOfTheExampleAreValid(_ name: String) throws {
    let file = GoldenFiles.root.appendingPathComponent("examples/spleen/config/\(name)")
    #expect(try Self.schema().problems(JSONFile.read(file.path)) == [])
  }

  @Test(arguments: [
    (#"{"train": {"loss": {"name": "DiceLos"}}}"#, "train.loss"),
    (#"{"train": {"loss": {"name": "DiceLoss", "args": {"softmaxx": true}}}}"#, "train.loss"),
    (#"{"train": {"loss": {"name": "DiceLoss", "args": {"softmax": 3}}}}"#, "train.loss"),
    (#"{"train": {"loss": {"name": "DiceLoss", "args": {"reduction": "Mean"}}}}"#, "train.loss"),
    (#"{"train": {"loss": {"name": "UNet", "args": {}}}}"#, "train.loss"),
    (#"{"train": {"inferer": {"name": "SlidingWindowInferer"}}}"#, "train.inferer"),
    (
      #"{"train": {"inferer": {"name": "SlidingWindowInferer", "args": {"roi_size": 1, "overlap": 2}}}}"#,
      "train.inferer"
    ),
    (#"{"train": {"losss": {"name": "DiceLoss"}}}"#, "train.losss"),
    (#"{"train": {"handlers": [{"name": "StatsHandler", "argss": {}}]}}"#, "train.handlers.0"),
  ])
  func mistakesAreNot(_ text: String, _ place: String) throws {
    #expect(try Self.schema().problems(Self.value(text)) == [place])
  }

  @Test func placeholdersAndReferencesMayStandForValues() throws {
    let text = #"""
      {"train": {
        "optimizer": {"name": "Adam", "args": {"params": "#@model.parameters()", "lr": "{lr}"}},
        "lr_scheduler": {"name": "StepLR", "args": {"optimizer": "@optimizer", "step_size": "{n}"}},
        "loss": {"path": "my_loss.MyDiceLoss", "args": {"anything": [1]}},
        "pre_transforms": [{"name": "LoadImaged#first", "args": {"keys": "image"}}, {"ref": "first"}]}}
      """#
    #expect(try Self.schema().problems(Self.value(text)) == [])
  }

  @Test func everyArgumentIsThereWithItsHelp() throws {
    let definitions = try #require(Self.schema().root["$defs"])
    for type in Catalog.everything.types {
      let declaration = type.declaration
      let properties = try #require(definitions[declaration.name]?["properties"])
      for argument in declaration.arguments {
        let schema =
          argument.isAttribute
          ? properties[argument.name] : properties["args"]?["properties"]?[argument.name]
        #expect(
          schema?["description"] == .string(argument.help), "\(declaration.name).\(argument.name)")
      }
    }
  }
}

/// Checks values against the keywords that `ConfigSchema` uses, and no others.
struct SchemaChecker {
  let root: Value

  /// The places that no alternative allows, outermost of those that are certain.
  func problems(_ value: Value) -> [String] { problems(value, root, []) }

  private func problems(_ value: Value, _ schema: Value, _ path: [String]) -> [String] {
    let here = [path.joined(separator: ".")]
    if case .string(let name)? = schema["$ref"] {
      guard let target = root["$defs"]?[String(name.dropFirst("#/$defs/".count))] else {
        return ["no definition \(name)"]
      }
      return problems(value, target, path)
    }
    if let type = schema["type"], !(type.elements ?? [type]).contains(where: { isOf($0, value) }) {
      return here
    }
    if let choices = schema["enum"]?.elements, !choices.contains(where: { same($0, value) }) {
      return here
    }
    if case .string(let pattern)? = schema["pattern"], case .string(let text) = value,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      return here
    }
    if let least = schema["minimum"]?.number, let number = value.number, number < least {
      return here
    }
    if let most = schema["maximum"]?.number, let number = value.number, number > most {
      return here
    }
    if let forms = schema["anyOf"]?.elements,
      !forms.contains(where: { problems(value, $0, path).isEmpty })
    {
      return here
    }
    switch value {
    case .dict(let entries): return inside(entries, schema, path)
    case .list(let items):
      guard let element = schema["items"] else { return [] }
      return items.enumerated().flatMap { problems($1, element, path + [String($0)]) }
    default: return []
    }
  }

  private func inside(_ entries: ValueDictionary, _ schema: Value, _ path: [String]) -> [String] {
    let required = (schema["required"]?.elements ?? []).compactMap { name -> String? in
      if case .string(let name) = name { name } else { nil }
    }
    if required.contains(where: { entries[$0] == nil }) { return [path.joined(separator: ".")] }
    return entries.flatMap { key, value -> [String] in
      if let property = schema["properties"]?[key] {
        return problems(value, property, path + [key])
      }
      switch schema["additionalProperties"] {
      case .bool(false)?: return [(path + [key]).joined(separator: ".")]
      case let other?: return problems(value, other, path + [key])
      case nil: return []
      }
    }
  }

  private func isOf(_ type: Value, _ value: Value) -> Bool {
    guard case .string(let name) = type else { return false }
    switch (name, value) {
    case ("object", .dict), ("array", .list), ("string", .string), ("boolean", .bool),
      ("integer", .int), ("number", .int), ("number", .double), ("null", .none):
      return true
    case ("integer", .double(let number)): return number.rounded() == number
    default: return false
    }
  }

  /// JSON tells true and 1 apart.
  private func same(_ a: Value, _ b: Value) -> Bool { a.kindName == b.kindName && a == b }
}

extension Value {
  fileprivate subscript(key: String) -> Value? {
    if case .dict(let entries) = self { entries[key] } else { nil }
  }

  fileprivate var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
