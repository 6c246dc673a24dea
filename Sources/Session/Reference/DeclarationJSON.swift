import Components
import Script

/// A declaration as JSON, for `??name`.
enum DeclarationJSON {
  static func text(_ declaration: Declaration) -> String {
    let arguments = declaration.arguments.map { argument -> Value in
      var row: ValueDictionary = [
        "name": .string(argument.name), "type": .string(argument.form.text),
      ]
      if let range = argument.range { row["range"] = .string(range) }
      if argument.isRequired {
        row["required"] = .bool(true)
      } else {
        row["default"] = json(argument.defaultValue)
      }
      if argument.isAttribute { row["beside_args"] = .bool(true) }
      row["help"] = .string(argument.help)
      return .dict(row)
    }
    return text([
      "name": .string(declaration.name), "kind": .string(declaration.kind.rawValue),
      "help": .string(declaration.help),
      "aliases": .list(declaration.aliases.map { .string($0) }), "arguments": .list(arguments),
    ])
  }

  static func text(_ builtin: Builtin) -> String {
    let parameters = builtin.parameters.map { parameter -> Value in
      var row: ValueDictionary = [
        "name": .string(parameter.name), "type": .string(parameter.form.text),
      ]
      if let value = parameter.defaultValue {
        row["default"] = json(value)
      } else {
        row["required"] = .bool(true)
      }
      return .dict(row)
    }
    return text([
      "name": .string(builtin.name), "kind": .string("function"), "help": .string(builtin.help),
      "signature": .string(builtin.signature), "arguments": .list(parameters),
    ])
  }

  private static func text(_ fields: ValueDictionary) -> String {
    let nowhere = Span(SourceID(0), 0, 0)
    return JSONValue(.dict(fields), span: nowhere).map { JSONWriter.string($0) } ?? ""
  }

  /// What JSON cannot say is said in words.
  private static func json(_ value: Value) -> Value {
    JSONValue(value, span: Span(SourceID(0), 0, 0)) == nil ? .string(value.description) : value
  }
}
