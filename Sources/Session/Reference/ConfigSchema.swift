import Components
import Script

/// A JSON Schema (draft 2020-12) of configs, for editors: sections, elements and every component with
/// its arguments, read from the declarations.
///
/// Wherever a value may stand, a placeholder (`{NAME}`) or an expression (`#…`, `lambda …`) may stand
/// too.
public struct ConfigSchema {
  private let declarations: [Declaration]

  public init(_ catalog: Catalog) {
    declarations = catalog.types.map { $0.declaration }.sorted { $0.name < $1.name }
  }

  /// The text of the file, with its last newline.
  public var text: String {
    guard let json = JSONValue(.dict(document), span: Span(SourceID(0), 0, 0)) else {
      preconditionFailure("a schema is made of texts, numbers, lists and dicts")
    }
    return JSONWriter.file(json)
  }

  private var document: ValueDictionary {
    var properties: ValueDictionary = [
      "train": Self.reference("section"), "validate": Self.reference("section"),
      "determinism": .dict([
        "description": .string("Seeds of all random streams."), "type": .string("object"),
        "properties": .dict(["random_seed": Self.type("integer", "null")]),
      ]),
    ]
    for (name, schema) in elements { properties[name] = schema }
    for name in RunSettings.names.sorted() where properties[name] == nil {
      properties[name] = .dict(["description": .string("Steers a run by itself.")])
    }
    return [
      "$schema": .string("https://json-schema.org/draft/2020-12/schema"),
      "title": .string("Training, validation and inference configs of Clara Train 4.1"),
      "type": .string("object"), "properties": .dict(properties), "$defs": .dict(definitions),
    ]
  }

  private var definitions: ValueDictionary {
    var definitions: ValueDictionary = [
      "placeholder": Self.pattern(
        "\\{[A-Za-z_][A-Za-z0-9_]*\\}", "A variable, with its type: \"{learning_rate}\"."),
      "reference": Self.pattern("^@", "The object of that name: \"@model\"."),
      "expression": Self.pattern(
        "^(#|lambda[ :])", "Computed: \"#@model.parameters()\", \"lambda x: None\"."),
      "flag": Self.any([Self.type("boolean"), Self.reference("placeholder")]),
      "own_code": .dict([
        "description": .string("A class of your own, by its Python path."),
        "type": .string("object"),
        "properties": .dict(["path": Self.pattern("\\.", "module.Class")]),
        "required": .list([.string("path")]),
      ]),
      "copy": Self.object(
        "A copy of the transform of train with this name or alias.",
        ["ref": Self.type("string"), "disabled": Self.reference("flag")], required: ["ref"]),
      "section": Self.object("Elements of a training or a validation.", elements),
    ]
    var saved: ValueDictionary = [
      "ckpt_path": Self.type("string"), "ts_path": Self.type("string"),
      "disabled": Self.reference("flag"),
    ]
    saved = Self.object("A network that is read from a file.", saved).entries
    saved["anyOf"] = .list(
      ["ckpt_path", "ts_path"].map { .dict(["required": .list([.string($0)])]) })
    definitions["saved_model"] = .dict(saved)
    for kind in ComponentKind.allCases { definitions[kind.rawValue] = family(kind) }
    for declaration in declarations { definitions[declaration.name] = component(declaration) }
    return definitions
  }

  /// The elements of a section, which are also those of a flat config.
  private var elements: ValueDictionary {
    let families: [(String, ComponentKind)] = [
      ("loss", .loss), ("optimizer", .optimizer), ("lr_scheduler", .scheduler), ("model", .network),
      ("dataset", .dataset), ("dataloader", .dataLoader), ("inferer", .inferer),
      ("key_metric", .metric), ("trainer", .trainer), ("evaluator", .evaluator),
    ]
    let lists: [(String, ComponentKind)] = [
      ("pre_transforms", .transform), ("post_transforms", .transform), ("handlers", .handler),
      ("additional_metrics", .metric), ("metrics", .metric),
    ]
    let singles = families.map { name, kind in
      let one = Self.reference(kind.rawValue)
      return (name, Self.any([one, Self.list(of: one)]))
    }
    return ValueDictionary(
      singles + lists.map { ($0, Self.list(of: Self.reference($1.rawValue))) })
  }

  private func family(_ kind: ComponentKind) -> Value {
    var names = declarations.filter { $0.kind == kind }.map(\.name) + ["own_code", "reference"]
    if kind == .transform { names.append("copy") }
    if kind == .network { names.append("saved_model") }
    return Self.any(names.map(Self.reference))
  }

  private func component(_ declaration: Declaration) -> Value {
    let names = [declaration.name] + declaration.aliases
    var arguments = ValueDictionary()
    var properties: ValueDictionary = [
      "name": Self.any([
        .dict(["enum": .list(names.map(Value.string))]),
        Self.pattern("^(\(names.joined(separator: "|")))#", "The class with aliases."),
      ]),
      "args": .none, "disabled": Self.reference("flag"),
      "rank": Self.any([Self.type("integer"), Self.reference("placeholder")]),
      "log_label": Self.type("string"), "is_key_metric": Self.reference("flag"),
      "search": .dict([:]), "apply": .dict([:]),
    ]
    for argument in declaration.arguments {
      if argument.isAttribute {
        properties[argument.name] = schema(of: argument)
      } else {
        arguments[argument.name] = schema(of: argument)
      }
    }
    let required = declaration.arguments.filter { $0.isRequired && !$0.isAttribute }.map(\.name)
    properties["args"] = Self.object("Arguments.", arguments, required: required)
    return Self.object(
      declaration.help, properties, required: required.isEmpty ? ["name"] : ["name", "args"])
  }

  private func schema(of argument: Declaration.Argument) -> Value {
    var core = Self.form(argument.form)
    if let least = argument.least { core["minimum"] = least }
    if let most = argument.most, most.isPlainData { core["maximum"] = most }
    var schema: ValueDictionary = [
      "description": .string(argument.help),
      "anyOf": .list([.dict(core), Self.reference("placeholder"), Self.reference("expression")]),
    ]
    if !argument.isRequired, argument.defaultValue.isPlainData {
      schema["default"] = argument.defaultValue
    }
    return .dict(schema)
  }

  private static func form(_ form: ArgumentForm) -> ValueDictionary {
    switch form {
    case .bool: type("boolean").entries
    case .int: type("integer").entries
    case .double: type("number").entries
    case .string, .path: type("string").entries
    case .function: reference("expression").entries
    case .any: [:]
    case .choice(let names): ["enum": .list(names.map(Value.string))]
    case .list(let element): any([list(of: part(element)), reference("reference")]).entries
    case .dict(let element):
      any([
        .dict(["type": .string("object"), "additionalProperties": part(element)]),
        reference("reference"),
      ]).entries
    case .optional(let wrapped): any([.dict(self.form(wrapped)), type("null")]).entries
    case .either(let forms): any(forms.map { .dict(self.form($0)) }).entries
    case .component(let kind): reference(kind.rawValue).entries
    }
  }

  /// Inside a list or a dict a placeholder may stand for one value.
  private static func part(_ form: ArgumentForm) -> Value {
    any([.dict(self.form(form)), reference("placeholder"), reference("reference")])
  }
}

/// The forms a schema is made of.
extension ConfigSchema {
  private static func reference(_ name: String) -> Value {
    .dict(["$ref": .string("#/$defs/\(name)")])
  }

  private static func type(_ names: String...) -> Value {
    .dict(["type": names.count == 1 ? .string(names[0]) : .list(names.map(Value.string))])
  }

  private static func any(_ forms: [Value]) -> Value { .dict(["anyOf": .list(forms)]) }

  private static func list(of element: Value) -> Value {
    .dict(["type": .string("array"), "items": element])
  }

  private static func pattern(_ pattern: String, _ description: String) -> Value {
    .dict([
      "description": .string(description), "type": .string("string"), "pattern": .string(pattern),
    ])
  }

  /// An object that has no other keys.
  private static func object(
    _ description: String, _ properties: ValueDictionary, required: [String] = []
  ) -> Value {
    var schema: ValueDictionary = [
      "description": .string(description), "type": .string("object"),
      "properties": .dict(properties), "additionalProperties": .bool(false),
    ]
    if !required.isEmpty { schema["required"] = .list(required.map(Value.string)) }
    return .dict(schema)
  }
}

extension Value {
  fileprivate var entries: ValueDictionary {
    if case .dict(let entries) = self { entries } else { [:] }
  }

  /// JSON can say it, and it says something.
  fileprivate var isPlainData: Bool {
    switch self {
    case .bool, .string: true
    // Larger ones stand for "no limit".
    case .int(let number): abs(number) < 1 << 53
    case .double(let number): number.isFinite
    case .list(let items): items.allSatisfy(\.isPlainData)
    default: false
    }
  }
}
