import Components

/// The references that configs of 4.0 leave out, because Clara connected the elements by itself.
///
/// | where | gets |
/// |--|--|
/// | optimizer | `params` = `#@model.parameters()` |
/// | lr_scheduler | `optimizer` |
/// | dataset | `transform` = `@pre_transforms` |
/// | dataloader | `dataset` |
/// | LrScheduleHandler, ValidationHandler | `lr_scheduler`, `validator` |
/// | CheckpointLoader, CheckpointSaver | names in `load_dict`, `save_dict` become references |
/// | trainer, evaluator | network, loader, loss, optimizer; the rest if none of them is written |
///
/// An argument that is written is never touched.
struct ImplicitWiring {
  let bindings: Bindings
  let node: Node
  private let span: Span
  private var component: ComponentExpression

  /// The component with what it left out.
  static func complete(
    _ component: ComponentExpression, at node: Node, span: Span, in bindings: Bindings
  ) -> ComponentExpression {
    guard node.isBinding || node.name == "handlers" else { return component }
    var wiring = ImplicitWiring(bindings: bindings, node: node, span: span, component: component)
    wiring.complete()
    return wiring.component
  }

  private init(bindings: Bindings, node: Node, span: Span, component: ComponentExpression) {
    (self.bindings, self.node, self.span, self.component) = (bindings, node, span, component)
  }

  private mutating func complete() {
    if case .checkpoint = component.target { return }
    if case .torchScript = component.target { return }
    guard node.isBinding else { return completeHandler() }
    switch node.name {
    case "optimizer":
      if component.argument("params") == nil, isBound("model") {
        let method = Expression(.attribute(reference("model"), "parameters"), span)
        add("params", Expression(.call(method, []), span))
      }
    case "lr_scheduler": link("optimizer", to: "optimizer")
    case "dataset": if isOwn("pre_transforms") { link("transform", to: "pre_transforms") }
    case "dataloader": link("dataset", to: "dataset")
    case "trainer":
      completeEngine(
        required: [
          ("train_data_loader", "dataloader"), ("network", "model"), ("loss_function", "loss"),
          ("optimizer", "optimizer"),
        ],
        optional: [
          ("inferer", "inferer"), ("postprocessing", "post_transforms"),
          ("key_train_metric", "key_metric"), ("additional_metrics", "additional_metrics"),
          ("train_handlers", "handlers"),
        ],
        variables: [("max_epochs", "epochs"), ("amp", "amp")])
    case "evaluator":
      completeEngine(
        required: [("val_data_loader", "dataloader"), ("network", "model")],
        optional: [
          ("inferer", "inferer"), ("postprocessing", "post_transforms"),
          ("key_val_metric", "key_metric"), ("additional_metrics", "additional_metrics"),
          ("val_handlers", "handlers"),
        ],
        variables: [("amp", "amp")])
    default: break
    }
  }

  private mutating func completeHandler() {
    switch component.writtenName {
    case "LrScheduleHandler": link("lr_scheduler", to: "lr_scheduler")
    case "ValidationHandler": link("validator", to: "evaluator")
    case "CheckpointLoader": nameObjects(of: "load_dict")
    case "CheckpointSaver": nameObjects(of: "save_dict")
    default: break
    }
  }

  /// `["model", "train_conf"]` → `{"model": "@model", "train_conf": "@conf"}`
  private mutating func nameObjects(of argument: String) {
    guard let index = component.arguments.firstIndex(where: { $0.name == argument }),
      case .list(let items) = component.arguments[index].value.form
    else { return }
    var entries: [DictEntry] = []
    for item in items {
      guard case .string(let name, _) = item.form else { return }
      let path = Path([.name(name == "train_conf" ? "conf" : name)])
      entries.append(
        DictEntry(
          key: Expression(.string(name, .plain), item.span),
          value: Expression(.reference(path), item.span)))
    }
    component.arguments[index].value.form = .dict(entries)
  }

  private mutating func completeEngine(
    required: [(argument: String, element: String)],
    optional: [(argument: String, element: String)],
    variables: [(argument: String, name: String)]
  ) {
    let isImplicit = (required + optional).allSatisfy { component.argument($0.argument) == nil }
    for (argument, element) in required { link(argument, to: element) }
    guard isImplicit else { return }
    for (argument, element) in optional where isOwn(element) { link(argument, to: element) }
    for (argument, name) in variables
    where component.argument(argument) == nil && bindings[.top, name] != nil {
      add(argument, Expression(.variable(name), span))
    }
  }

  private mutating func link(_ argument: String, to element: String) {
    guard component.argument(argument) == nil, isBound(element) else { return }
    add(argument, reference(element))
  }

  private mutating func add(_ argument: String, _ value: Expression) {
    component.arguments.append(NamedExpression(name: argument, nameSpan: span, value: value))
  }

  private func reference(_ element: String) -> Expression {
    Expression(.reference(Path([.name(element)])), span)
  }

  private func isBound(_ element: String) -> Bool {
    bindings.lookup(element, from: node.section) != nil
  }

  /// Bound in this section or at the top; the other section's transforms and metrics are not meant.
  private func isOwn(_ element: String) -> Bool {
    guard let binding = bindings.lookup(element, from: node.section) else { return false }
    return binding.section == node.section || binding.section == .top
  }
}
