import Components
import Script

/// Calls whose arguments are names to change, not values to pass.
extension SessionScope {
  func special(
    _ name: String, _ arguments: [CallArgument], captured: Locals, _ span: Span
  ) throws -> Value? {
    switch name {
    case "explain":
      guard let subject = arguments.first, arguments.count == 1 else { return nil }
      try Explainer(session: session, scope: self, captured: captured).explain(subject.value)
    case "insert": try insert(arguments, captured)
    case "sweep": return try sweep(arguments, captured)
    default: return nil
    }
    return Value.none
  }

  /// `insert(train.pre_transforms, 5, RandFlipd(…))`
  private func insert(_ arguments: [CallArgument], _ captured: Locals) throws {
    guard arguments.count == 3, arguments.allSatisfy({ $0.name == nil }),
      let path = arguments[0].value.literalPath
    else {
      throw Fault(
        .usage, "insert takes a list, a place in it and an entry",
        remedy: "insert(train.pre_transforms, 5, RandFlipd(keys=[\"image\", \"label\"]))")
    }
    let evaluator = Evaluator(
      scope: self, sources: session.sources, context: session.callContext(), captured: captured)
    guard case .int(let index) = try evaluator.value(of: arguments[1].value) else {
      throw Fault(
        .wrongType, "the place in a list is a number", wanted: "int",
        place: session.sources.place(arguments[1].value.span))
    }
    var changed = session.bindings
    let entry = arguments[2].value
    let provenance = Provenance(.typed, entry.span)
    let old = try changed.expression(at: path, from: place)
    if case .list = old.form {
      try changed.insert(entry, into: path, at: index, from: place, provenance)
    } else {
      // A list that is computed becomes the list it is now.
      let value = try evaluator.value(of: arguments[0].value)
      guard case .list(let items) = value, let list = Expression(value: .list(items), entry.span)
      else { throw Fault.wrongType(wanted: "list", got: value) }
      try changed.assign(path, from: place, list, provenance)
      try changed.insert(entry, into: path, at: index, from: place, provenance)
    }
    try refuseMistakes(in: changed, at: try changed.target(of: path, from: place).node)
    session.bindings = changed
  }
}
