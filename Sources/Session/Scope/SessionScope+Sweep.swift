import Components
import Script

/// The call of `sweep`, whose arguments are wanted as they are written.
extension SessionScope {
  /// `sweep(train.loss, [DiceLoss(…), DiceCELoss(…)])`: the values are built anew for each training, so
  /// they are handed over as text.
  func sweep(_ arguments: [CallArgument], _ captured: Locals) throws -> Value {
    let context = session.callContext()
    let evaluator = Evaluator(
      scope: self, sources: session.sources, context: context, captured: captured)
    var values = Arguments()
    for (index, argument) in arguments.enumerated() {
      let name = argument.name ?? (index < 2 ? ["path", "values"][index] : nil)
      let value =
        switch name {
        case "path": path(of: argument.value).map(Value.string)
        case "values": try written(argument.value, evaluator)
        default: Value?.none
        }
      let known = try value ?? evaluator.value(of: argument.value)
      if let name = argument.name {
        values.named[name] = known
      } else {
        values.positional.append(known)
      }
    }
    return try session.sweepAction.call(values, context)
  }

  /// `train.loss` or `<learning_rate>` without quotes.
  private func path(of expression: Expression) -> String? {
    switch expression.form {
    case .name(let name), .variable(let name): name
    case .attribute(let base, let name): path(of: base).map { "\($0).\(name)" }
    default: nil
    }
  }

  /// The items of a list with components in it, each as text; nil where the values are plain ones.
  private func written(_ expression: Expression, _ evaluator: Evaluator) throws -> Value? {
    switch expression.form {
    case .list(let items), .tuple(let items):
      .list(
        try items.map { item in
          isText(item)
            ? .object(WrittenExpression(item, at: Path([]), in: self, nil))
            : try evaluator.value(of: item)
        })
    case .name(let name):
      try session.bindings.lookup(name, from: place).flatMap { binding in
        if case .list(let items) = binding.expression.form,
          items.contains(where: { $0.component != nil })
        {
          try written(binding.expression, evaluator)
        } else {
          nil
        }
      }
    default: nil
    }
  }

  /// Components, names of components, and numbers, which keep their spelling.
  private func isText(_ expression: Expression) -> Bool {
    switch expression.form {
    case .component, .int, .double: true
    case .name(let name): session.bindings.lookup(name, from: place)?.expression.component != nil
    default: false
    }
  }
}
