import Components
import Script

/// The help page of one component, made from its declaration.
struct ComponentHelp {
  let declaration: Declaration

  /// For the terminal: one row an argument, then a config example in two lines and the same in Étude.
  func text(columns: Int = 100, style: TextStyle = TextStyle(hasColor: false)) -> String {
    let title = "\(style.paint(declaration.name, .bold)) (\(declaration.kind.rawValue)): "
    var lines = ScreenText.wrapped(title, declaration.help, indent: 2, width: columns)
    if !declaration.aliases.isEmpty {
      lines += ScreenText.wrapped(
        "also written ", declaration.aliases.joined(separator: ", "), indent: 2, width: columns)
    }
    if !declaration.arguments.isEmpty {
      let rows = declaration.arguments.map { argument -> [String] in
        let row = Row(argument)
        let standard = argument.isRequired ? ", required" : " = \(row.defaultText)"
        return [row.name, row.type + standard, row.help]
      }
      lines.append(Table(rows, indent: 2).text(width: columns, style: style))
    }
    let config = configLines.map { style.code($0) }
    let margin = String(repeating: " ", count: 8)
    lines += zip(["config: ", margin], config).map { $0 + $1 }
    lines.append("typed:  " + style.code(typedExample))
    return lines.joined(separator: "\n")
  }

  var html: String {
    let table = Table(
      declaration.arguments.map { argument in
        let row = Row(argument)
        return [row.name, row.type, row.defaultText, row.help]
      }, head: ["argument", "type", "default", "meaning"])
    let title = "<b>\(declaration.name)</b> (\(declaration.kind.rawValue)): "
    return """
      <p>\(title)\(StyledHTML.escaped(declaration.help))</p>
      \(declaration.arguments.isEmpty ? "" : table.html + "\n")\
      <pre>\(StyledHTML.escaped(configExample))</pre>
      """
  }

  /// For docs/components.md.
  var markdown: String {
    var lines = ["### \(declaration.name)", "", declaration.help]
    if !declaration.aliases.isEmpty {
      lines.append("Also written \(declaration.aliases.map { "`\($0)`" }.joined(separator: ", ")).")
    }
    if !declaration.arguments.isEmpty {
      lines += ["", "| argument | type | default | meaning |", "| --- | --- | --- | --- |"]
      lines += declaration.arguments.map { argument in
        let row = Row(argument)
        let cells = ["`\(row.name)`", row.type, row.defaultText, row.help]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
      }
    }
    return (lines + ["", "```json", configExample, "```", "```python", typedExample, "```"])
      .joined(separator: "\n")
  }

  private struct Row {
    var name, type, defaultText, help: String

    init(_ argument: Declaration.Argument) {
      name = argument.name
      type = argument.form.text + (argument.range.map { ", " + Self.short($0) } ?? "")
      defaultText = argument.isRequired ? "required" : argument.defaultValue.description
      help = argument.help + (argument.isAttribute ? " Stands beside `args` in a config." : "")
    }

    /// A bound that no number passes is none.
    private static func short(_ range: String) -> String {
      let top = "...\(Int.max)"
      return range.hasSuffix(top) ? "≥ " + range.dropLast(top.count) : range
    }
  }

  /// The required arguments, each with a value of its type.
  private var exampleArguments: [(name: String, value: Value)] {
    declaration.arguments.filter { $0.isRequired && !$0.isAttribute }
      .map { ($0.name, Self.example(of: $0.form, named: $0.name)) }
  }

  var configExample: String { configLines.joined(separator: " ") }

  /// The name, and the arguments below it.
  var configLines: [String] {
    let arguments = exampleArguments.map { "\"\($0.name)\": \(Self.json($0.value))" }
    let name = "{\"name\": \"\(declaration.name)\""
    if arguments.isEmpty { return [name + "}"] }
    return [name + ",", "\"args\": {\(arguments.joined(separator: ", "))}}"]
  }

  var typedExample: String {
    let arguments = exampleArguments.map { "\($0.name)=\(Self.typed($0.value))" }
    return "\(declaration.name)(\(arguments.joined(separator: ", ")))"
  }

  /// A plausible value; references are texts that start with `@`, as configs write them.
  private static func example(of form: ArgumentForm, named name: String) -> Value {
    switch form {
    case .bool: .bool(true)
    case .int: .int(name == "spatial_dims" ? 3 : 2)
    case .double: .double(0.5)
    case .string: .string(name == "keys" ? "image" : name)
    case .path: .string("models")
    case .function: .string("lambda x: None")
    case .any where name == "params": .string("#@model.parameters()")
    case .any: .int(1)
    case .choice(let names): .string(names.first ?? name)
    case .list(.int) where name == "channels": .list([16, 32, 64].map(Value.int))
    case .list(let element):
      .list([example(of: element, named: name), example(of: element, named: name)])
    case .dict(let element): .dict(["model": example(of: element, named: "model")])
    case .optional(let wrapped): example(of: wrapped, named: name)
    case .either(let forms): example(of: forms.first ?? .any, named: name)
    case .component(let kind): .string("@" + reference(to: kind))
    }
  }

  private static func reference(to kind: ComponentKind) -> String {
    switch kind {
    case .network: "model"
    case .loss, .optimizer, .scheduler, .dataset, .dataLoader, .inferer, .trainer, .evaluator:
      kind.rawValue
    case .transform: "pre_transforms"
    case .metric: "key_metric"
    case .handler: "handlers"
    }
  }

  private static func json(_ value: Value) -> String {
    switch value {
    case .string(let text): text.jsonQuoted
    case .bool(let flag): flag ? "true" : "false"
    case .list(let items): "[" + items.map(json).joined(separator: ", ") + "]"
    case .dict(let entries):
      "{" + entries.map { "\($0.key.jsonQuoted): \(json($0.value))" }.joined(separator: ", ") + "}"
    default: value.description
    }
  }

  /// In Étude references and functions need no quotes.
  private static func typed(_ value: Value) -> String {
    switch value {
    case .string(let text) where text.hasPrefix("#"): String(text.dropFirst())
    case .string(let text) where text.hasPrefix("@") || text.hasPrefix("lambda "): text
    case .list(let items): "[" + items.map(typed).joined(separator: ", ") + "]"
    case .dict(let entries):
      "{" + entries.map { "\"\($0.key)\": \(typed($0.value))" }.joined(separator: ", ") + "}"
    case .string(let text): "\"\(text)\""
    default: value.description
    }
  }
}

/// docs/components.md: every component of a catalogue, by family.
public struct ComponentReference {
  let catalog: Catalog

  public init(_ catalog: Catalog) { self.catalog = catalog }

  public var markdown: String {
    var lines = [
      "# Components", "",
      "Every name a config may use, with its arguments. Made by `make docs` from the declarations.",
    ]
    for kind in ComponentKind.allCases {
      let family = catalog.types.map { $0.declaration }.filter { $0.kind == kind }
        .sorted { $0.name < $1.name }
      if family.isEmpty { continue }
      lines += ["", "## \(kind.rawValue)"]
      for declaration in family { lines += ["", ComponentHelp(declaration: declaration).markdown] }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
