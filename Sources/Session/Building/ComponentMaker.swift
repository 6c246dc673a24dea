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

  /// A component in place; `node` is where it stands in the config, for messages.
  func make(_ component: ComponentExpression, span: Span, node: Node?) throws -> Value {
    switch component.target {
    case .name(let name), .path(let name, _):
      guard let type = catalog[name] else {
        throw UnknownComponent.fault(name, in: catalog)
          .at(sources.place(component.targetSpan), path: node?.configPath)
      }
      let place = ComponentPlace(component: component, span: span, node: node, sources: sources)
      return try make(type, component, place)
    case .ref(let key):
      throw Fault(
        .unsupported, "ref \(key.quoted) has a meaning only inside validate",
        place: sources.place(span), path: node?.configPath)
    case .checkpoint: return try savedModel(component, "ckpt_path", span, node)
    case .torchScript: return try savedModel(component, "ts_path", span, node)
    }
  }

  private func make(
    _ type: any Component.Type, _ component: ComponentExpression, _ place: ComponentPlace
  ) throws -> Value {
    let declared = type.declaration.arguments
    let own = component.attributes.filter { part in
      declared.contains { $0.isAttribute && $0.name == part.name }
    }
    var values = ValueDictionary(capacity: component.arguments.count)
    for part in component.arguments + own {
      do { values[part.name] = try evaluate(part.value) } catch let fault as Fault {
        throw fault.at(sources.place(part.value.span), path: place.path(of: part))
      }
    }
    do {
      guard let buildable = try type.make(values) as? any Buildable else {
        throw Fault.unsupported("\(type.declaration.name) cannot be built on its own")
      }
      let object = try context.build(buildable)
      if let pipeline = object as? Compose, pipeline.locators.isEmpty {
        return .object(
          Compose(
            pipeline.transforms,
            locators: pipeline.transforms.map { _ in { place.locate($0) } }))
      }
      return .object(object)
    } catch let fault as Fault {
      throw place.locate(fault)
    }
  }

  /// `{"ckpt_path": …}`, `{"ts_path": …}`: a network rebuilt from a checkpoint's `train_conf`.
  private func savedModel(
    _ component: ComponentExpression, _ key: String, _ span: Span, _ node: Node?
  ) throws -> Value {
    guard let file = component.arguments.first(where: { $0.name == key }) else {
      throw Fault(
        .missingArgument, "the model has no \(key)", place: sources.place(span),
        path: node?.configPath)
    }
    do {
      let file = try PathArgument(argument: evaluate(file.value)).path
      // Only where there is a choice does an entry say that it is disabled.
      let model = try SavedModel(
        file, isTorchScript: key == "ts_path",
        hasAlternatives: component.attribute("disabled") != nil)
      return .object(try model.build(catalog, context))
    } catch let fault as Fault {
      throw fault.at(sources.place(file.value.span), path: node?.configPath)
    }
  }
}
