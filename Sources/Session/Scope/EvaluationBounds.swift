import Components
import Script

/// What keeps a line from computing for ever or filling the memory.
struct EvaluationBounds: Sendable {
  var steps = StepBudget.defaultSteps
  var elements = StepBudget.defaultElements
}

extension EtudeSession {
  var limitsAction: Builtin {
    Builtin(
      "limits", "Shows or changes how many steps a line may take and how large a value may be.",
      effect: .action, BuiltinParameter<Int?>("steps", default: nil),
      BuiltinParameter<Int?>("elements", default: nil)
    ) { [self] _, steps, elements in
      for (name, number) in [("steps", steps), ("elements", elements)] {
        if let number, number < 1 {
          throw Fault(.outOfRange, "\(name) is at least 1", got: "\(number)", argument: [name])
        }
      }
      var changed = bounds
      if let steps { changed.steps = steps }
      if let elements { changed.elements = elements }
      bounds = changed
      output.write("steps \(changed.steps), elements \(changed.elements)", to: .result)
      return .none
    }
  }
}
