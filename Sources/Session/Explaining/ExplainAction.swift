import Components
import Script

extension EtudeSession {
  /// A direct call is read by the scope before its argument has a value; this row is for help,
  /// completion, and calls through another name.
  var explainAction: Builtin {
    Builtin(
      "explain", "What something is made of: every value with the line that says so.",
      effect: .action, BuiltinParameter<Value>("x")
    ) { [self] _, value in
      output.write(value.description, to: .result)
      return .none
    }
  }
}
