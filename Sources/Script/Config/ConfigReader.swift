import Components

/// Turns JSON values into the trees of the language.
///
/// A dict becomes a component if it has `ref`, `ckpt_path`, `ts_path` or `_target_`, or a text
/// `name` or `path` together with `args` or a name the catalogue knows; where an element of a
/// section stands, `name` or `path` alone is enough.
public struct ConfigReader {
  /// What the place of a value lets expect.
  public enum Position: Sendable {
    /// `train.loss`, or an entry of `train.handlers`.
    case element
    /// Inside arguments, and anywhere else.
    case value
  }

  let catalog: Catalog
  let strings: ConfigString
  let sources: SourceStore
  public internal(set) var findings: [Finding] = []
  /// Keys and `#n` down to the value being read.
  private var path: [String] = []

  public init(catalog: Catalog, strings: ConfigString, sources: SourceStore) {
    (self.catalog, self.strings, self.sources) = (catalog, strings, sources)
  }

  /// `path` is the way to the value in its file, with list entries as `#1`, for messages.
  public mutating func expression(
    _ json: JSONValue, at path: [String], as position: Position = .value
  ) -> Expression {
    self.path = path
    return expression(json, position)
  }

  private mutating func expression(_ json: JSONValue, _ position: Position = .value) -> Expression {
    switch json.form {
    case .object(let entries):
      if position == .element, entries.isEmpty { return Expression(.none, json.span) }
      if isComponent(entries, position) { return component(json, entries) }
      let entries = entries.map { entry in
        DictEntry(
          key: Expression(.string(entry.key, .plain), entry.keySpan),
          value: expression(entry.value, at: entry.key))
      }
      return Expression(.dict(entries), json.span)
    case .list(let items):
      let items = items.enumerated().map { index, item in
        expression(item, at: "#\(index + 1)", position)
      }
      return Expression(.list(items), json.span)
    case .string(let text): return string(text, json.span)
    default: return Expression(literal: json)
    }
  }

  private mutating func expression(
    _ json: JSONValue, at step: String, _ position: Position = .value
  ) -> Expression {
    path.append(step)
    defer { path.removeLast() }
    return expression(json, position)
  }

  /// Text that does not parse stays as written; who reads it reports it.
  private func string(_ text: String, _ span: Span) -> Expression {
    let plain = Expression(.string(text, .plain), span)
    do throws(Fault) { return try strings.expression(text, span) } catch { return plain }
  }

  private func isComponent(_ entries: [JSONEntry], _ position: Position) -> Bool {
    func text(_ key: String) -> String? {
      guard case .string(let text)? = entries.last(where: { $0.key == key })?.value.form else {
        return nil
      }
      return text
    }
    if ["ref", "ckpt_path", "ts_path", "_target_"].contains(where: { text($0) != nil }) {
      return true
    }
    guard let name = text("path") ?? text("name") else { return false }
    if position == .element { return true }
    let className = String(name.prefix { $0 != "#" })
    return catalog[className] != nil || entries.contains { $0.key == "args" }
  }

  private mutating func component(
    _ json: JSONValue, _ entries: [JSONEntry]
  ) -> Expression {
    var parts = ComponentParts()
    for entry in entries { parts.add(entry) }
    var component = parts.component(span: json.span)
    let declaration = declaration(of: component.target)
    for entry in parts.inlineArguments {
      component.arguments.append(named(entry))
    }
    if let args = parts.args {
      switch args.value.form {
      case .object(let arguments):
        for entry in arguments {
          let isMisplaced = entry.key == "disabled" && declaration?.argument(entry.key) == nil
          if isMisplaced {
            report(
              .warning, entry, in: "args", .invalid,
              "disabled belongs beside args; it is read as if it stood there",
              remedy: "move it out of args")
            component.attributes.append(named(entry))
          } else {
            path.append("args")
            component.arguments.append(named(entry))
            path.removeLast()
          }
        }
      case .null: break
      default:
        report(
          .error, args, .wrongType, "args is an object of named values",
          got: args.value.value.shortened, wanted: "{…}")
      }
    }
    for entry in parts.attributes {
      check(attribute: entry, of: component.target, declaration)
      let isData = ComponentKeys.searches.contains(entry.key)
      component.attributes.append(
        isData
          ? NamedExpression(
            name: entry.key, nameSpan: entry.keySpan, value: Expression(literal: entry.value))
          : named(entry))
    }
    for entry in parts.malformed {
      report(
        .error, entry, .wrongType, "\(entry.key) is text",
        got: entry.value.value.shortened, wanted: "string")
    }
    if case .path(let dotted, _) = component.target, !dotted.contains(".") {
      report(
        .error, JSONEntry("path", component.targetSpan, json), .invalid,
        "path needs the module of the class", got: dotted.quoted, wanted: "module.\(dotted)",
        remedy: "\"name\": \(dotted.jsonQuoted)")
    }
    return Expression(.component(component), json.span)
  }

  private mutating func named(_ entry: JSONEntry) -> NamedExpression {
    NamedExpression(
      name: entry.key, nameSpan: entry.keySpan, value: expression(entry.value, at: entry.key))
  }

  private func declaration(of target: ComponentExpression.Target) -> Declaration? {
    switch target {
    case .name(let name), .path(let name, _): catalog[name]?.declaration
    case .ref, .checkpoint, .torchScript: nil
    }
  }

  private mutating func check(
    attribute entry: JSONEntry, of target: ComponentExpression.Target,
    _ declaration: Declaration?
  ) {
    let key = entry.key
    if ComponentNames.commonAttributes.contains(key) || key.hasPrefix("_") { return }
    if case .ref = target {
      report(
        .error, entry, .invalid, "a ref takes no \(key); it is a copy of what it names",
        remedy: "write the component out instead of the ref")
      return
    }
    if let argument = declaration?.argument(key) {
      if !argument.isAttribute {
        report(
          .error, entry, .invalid, "\(key) is an argument; it belongs inside args",
          remedy: "\"args\": {\(key.jsonQuoted): \(JSONWriter.string(entry.value))}")
      }
      return
    }
    let declared = declaration?.arguments.filter(\.isAttribute).map(\.name) ?? []
    let known =
      Array(ComponentNames.commonAttributes.union(ComponentKeys.targets)) + ["args"] + declared
    let near = Spelling.nearest(to: key, among: known)
    report(
      near == nil ? .warning : .error, entry, .unknownArgument,
      "a component has no key \(key.quoted)\(near == nil ? "; nothing reads it" : "")",
      suggestion: near)
  }

  mutating func report(
    _ severity: Finding.Severity, _ entry: JSONEntry, in key: String? = nil, _ kind: Fault.Kind,
    _ message: String, got: String? = nil, wanted: String? = nil, suggestion: String? = nil,
    remedy: String? = nil
  ) {
    findings.append(
      Finding(
        severity,
        Fault(
          kind, message, got: got, wanted: wanted, suggestion: suggestion, remedy: remedy,
          place: sources.place(entry.keySpan),
          path: (path + [key, entry.key].compactMap { $0 }).joined(separator: "."))))
  }
}

/// The keys of a component object, sorted by what they are for.
private struct ComponentParts {
  var args: JSONEntry?
  /// Arguments that stand among the keys: after `_target_`, and `ckpt_path`, `ts_path`.
  var inlineArguments: [JSONEntry] = []
  var attributes: [JSONEntry] = []
  var malformed: [JSONEntry] = []
  private var targets: [String: (text: String, span: Span)] = [:]

  mutating func add(_ entry: JSONEntry) {
    guard ComponentKeys.targets.contains(entry.key) else {
      if entry.key == "args" { args = entry } else { attributes.append(entry) }
      return
    }
    guard case .string(let text) = entry.value.form else {
      malformed.append(entry)
      return
    }
    targets[entry.key] = (text, entry.value.span)
    if entry.key == "ckpt_path" || entry.key == "ts_path" { inlineArguments.append(entry) }
  }

  /// `ref` before `path` before `name`: with both, `name` is the label that a `ref` uses.
  mutating func component(span: Span) -> ComponentExpression {
    let name = targets["name"].map { Self.split($0.text) }
    if let ref = targets["ref"] {
      return ComponentExpression(target: .ref(ref.text), targetSpan: ref.span)
    }
    if let path = targets["path"] {
      return ComponentExpression(
        target: .path(path.text, label: name?.name), targetSpan: path.span,
        aliases: name?.aliases ?? [])
    }
    if let name, let span = targets["name"]?.span {
      // A file beside a class is data of that class, as in `{"name": "UNet", "ckpt_path": …}`.
      return ComponentExpression(
        target: .name(name.name), targetSpan: span, aliases: name.aliases)
    }
    if let file = targets["ckpt_path"] {
      return ComponentExpression(target: .checkpoint, targetSpan: file.span)
    }
    if let file = targets["ts_path"] {
      return ComponentExpression(target: .torchScript, targetSpan: file.span)
    }
    guard let target = targets["_target_"] else {
      return ComponentExpression(target: .name(""), targetSpan: span)
    }
    inlineArguments += attributes.filter { !$0.key.hasPrefix("_") }
    attributes = attributes.filter { $0.key == "_disabled_" }
      .map { JSONEntry("disabled", $0.keySpan, $0.value) }
    let isDotted = target.text.contains(".")
    return ComponentExpression(
      target: isDotted ? .path(target.text, label: nil) : .name(target.text),
      targetSpan: target.span)
  }

  /// `LoadImaged#first#b`: the class and its aliases.
  private static func split(_ text: String) -> (name: String, aliases: [String]) {
    guard text.utf8.contains(UInt8(ascii: "#")) else { return (text, []) }
    let parts = text.split(separator: "#").map(String.init)
    return (parts.first ?? "", Array(parts.dropFirst()))
  }
}
