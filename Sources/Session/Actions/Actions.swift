import Components
import Engine
import Script

/// The functions of the language that act on a session, in alphabetical order.
extension EtudeSession {
  static let actions: [@Sendable (EtudeSession) -> Builtin] = [
    { $0.checkAction }, { $0.componentsAction }, { $0.firstAction }, { $0.helpAction },
    { $0.loadAction }, { $0.plotAction }, { $0.runsAction }, { $0.saveAction }, { $0.stepAction },
    { $0.summaryAction }, { $0.synthesizeAction }, { $0.trainAction }, { $0.undoAction },
    { $0.validateAction },
  ]

  func action(_ name: String) -> Builtin? {
    Self.names[name].map { Self.actions[$0](self) }
  }

  var actionNames: [String] { Array(Self.names.keys) }

  private static let names: [String: Int] = Dictionary(
    uniqueKeysWithValues: [
      "check", "components", "first", "help", "load", "plot", "runs", "save", "step", "summary",
      "synthesize", "train", "undo", "validate",
    ].enumerated().map { ($1, $0) })
}
