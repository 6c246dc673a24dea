import Components
import Engine
import Script

extension EtudeSession {
  var undoAction: Builtin {
    Builtin(
      "undo", "Takes the last line back that changed a binding, and what it caused.",
      effect: .action
    ) { [self] _ in
      try undo()
      return .none
    }
  }
}
