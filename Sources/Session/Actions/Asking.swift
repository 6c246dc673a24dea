import Components
import Script

/// `input`: a line from whoever is there.
extension EtudeSession {
  var inputAction: Builtin {
    Builtin(
      "input", "Asks for a line and gives it as text.", effect: .action,
      BuiltinParameter("prompt", default: "")
    ) { [self] _, prompt in
      guard let ask = options.ask else {
        throw Fault(
          .unsupported, "input() asks whoever sits at the prompt or in a notebook; nobody does",
          remedy: "etude run FILE.etude --param name=value")
      }
      return .string(try ask(prompt))
    }
  }
}
