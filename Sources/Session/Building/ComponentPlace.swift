import Components
import Script

/// Where a component is written, down to its arguments: faults about it get their place here.
struct ComponentPlace: Sendable {
  let component: ComponentExpression
  let span: Span
  /// Nil for one that was typed into an expression.
  let node: Node?
  let sources: SourceStore

  /// Its place in the config.
  var path: String? { node?.configPath }

  /// The fault at the argument it blames, else at the component's name.
  ///
  /// A place that the fault has already is kept: it is nearer.
  func locate(_ fault: Fault) -> Fault {
    guard let name = fault.argument.first else {
      return fault.at(sources.place(component.targetSpan), path: path)
    }
    if let part = component.arguments.last(where: { $0.name == name }) {
      return located(fault, part)
    }
    if let part = component.attributes.last(where: { $0.name == name }) {
      return located(fault, part)
    }
    return fault.at(sources.place(component.targetSpan), path: path)
  }

  /// The config path of one of its arguments or attributes.
  func path(of part: NamedExpression) -> String? {
    let isArgument = component.arguments.contains { $0.nameSpan == part.nameSpan }
    return path.map { "\($0).\(isArgument ? "args." : "")\(part.name)" }
  }

  private func located(_ fault: Fault, _ part: NamedExpression) -> Fault {
    var path = path(of: part)
    // An argument that nobody knows is wrong by its name, all others are by their value.
    if fault.kind == .unknownArgument, fault.argument.count == 1 {
      return fault.at(sources.place(part.nameSpan), path: path)
    }
    var expression = part.value
    for step in fault.argument.dropFirst() {
      guard let inner = Self.part(of: expression, step) else { break }
      expression = inner
      path = path.map { "\($0).\(step)" }
    }
    return fault.at(sources.place(expression.span), path: path)
  }

  private static func part(of expression: Expression, _ step: String) -> Expression? {
    switch expression.form {
    case .list(let items), .tuple(let items):
      guard step.hasPrefix("#"), let number = Int(step.dropFirst()),
        items.indices.contains(number - 1)
      else { return nil }
      return items[number - 1]
    case .dict(let entries):
      return entries.last { if case .string(step, _) = $0.key.form { true } else { false } }?.value
    default: return nil
    }
  }
}
