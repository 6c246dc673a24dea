import Components
import Engine
import Script

/// Makes live objects of definitions: evaluates the arguments, asks the schema, builds.
struct ComponentMaker: Sendable {
  let catalog: Catalog
  let sources: SourceStore
  let context: RunContext
  /// Evaluates an expression of a definition.
  let evaluate: @Sendable (Expression) throws -> Value

  /// A component in place; `path` is its place in the config, for messages.
  func make(_ component: ComponentExpression, span: Span, path: String?) throws -> Value {
    switch component.target {
    case .name(let name), .path(let name, _):
      guard let type = catalog[name] else { throw unknown(name, component.targetSpan, path) }
      return try make(type, component, path)
    case .ref(let key):
      throw Fault(
        .unsupported, "ref \(key.quoted) has a meaning only inside validate",
        place: sources.place(span), path: path)
    case .checkpoint: return try savedModel(component, "ckpt_path", span, path)
    case .torchScript: return try savedModel(component, "ts_path", span, path)
    }
  }

  private func make(
    _ type: any Component.Type, _ component: ComponentExpression, _ path: String?
  ) throws -> Value {
    let declared = type.declaration.arguments
    var values = ValueDictionary()
    var spans: [String: Span] = [:]
    func take(_ part: NamedExpression) throws {
      do { values[part.name] = try evaluate(part.value) } catch let fault as Fault {
        throw fault.at(sources.place(part.value.span), path: argumentPath(path, part.name))
      }
      spans[part.name] = part.value.span
    }
    for part in component.arguments { try take(part) }
    for part in component.attributes
    where declared.contains(where: { $0.isAttribute && $0.name == part.name }) {
      try take(part)
    }
    do {
      guard let buildable = try type.make(values) as? any Buildable else {
        throw Fault.unsupported("\(type.declaration.name) cannot be built on its own")
      }
      return .object(try context.build(buildable))
    } catch let fault as Fault {
      let argument = fault.argument.first
      let span = argument.flatMap { name in
        component.arguments.last { $0.name == name && values[$0.name] == nil }?.nameSpan
          ?? spans[name]
      }
      throw fault.at(
        sources.place(span ?? component.targetSpan),
        path: argument.flatMap { spans[$0] == nil ? nil : argumentPath(path, $0) } ?? path)
    }
  }

  private func argumentPath(_ path: String?, _ name: String) -> String? {
    path.map { "\($0).args.\(name)" }
  }

  private func unknown(_ name: String, _ span: Span, _ path: String?) -> Fault {
    let short = name.split(separator: ".").last.map(String.init) ?? name
    var fault = Fault.unknown("component", short, among: catalog.spellings)
    if name.contains(".") {
      fault.message = "\(name.quoted) is not one of the components this program has"
      fault.notes = ["code of your own cannot be loaded from a path"]
    }
    return fault.at(sources.place(span), path: path)
  }

  /// `{"ckpt_path": …}`, `{"ts_path": …}`: a network rebuilt from a checkpoint's `train_conf`.
  private func savedModel(
    _ component: ComponentExpression, _ key: String, _ span: Span, _ path: String?
  ) throws -> Value {
    guard let file = component.arguments.first(where: { $0.name == key }) else {
      throw Fault(
        .missingArgument, "the model has no \(key)", place: sources.place(span), path: path)
    }
    do {
      let file = try PathArgument(argument: evaluate(file.value)).path
      // Only where there is a choice does an entry say that it is disabled.
      let model = try SavedModel(
        file, isTorchScript: key == "ts_path",
        hasAlternatives: component.attribute("disabled") != nil)
      return .object(try model.build(catalog, context))
    } catch let fault as Fault {
      throw fault.at(sources.place(file.value.span), path: path)
    }
  }
}
