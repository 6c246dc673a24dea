import Components
import Engine
import Script

/// The functions of the language that act on a session, in alphabetical order.
extension EtudeSession {
  private static let rows: [(name: String, make: @Sendable (EtudeSession) -> Builtin)] = [
    ("check", { $0.checkAction }),
    ("clear_output", { $0.clearOutputAction }),
    ("components", { $0.componentsAction }),
    ("datalist", { $0.datalistAction }),
    ("display", { $0.displayAction }),
    ("explain", { $0.explainAction }),
    ("export", { $0.exportAction }),
    ("first", { $0.firstAction }),
    ("help", { $0.helpAction }),
    ("infer", { $0.inferAction }),
    ("input", { $0.inputAction }),
    ("limits", { $0.limitsAction }),
    ("load", { $0.loadAction }),
    ("lr_range_test", { $0.rateRangeAction }),
    ("plot", { $0.plotAction }),
    ("rand", { $0.randAction }),
    ("randn", { $0.randnAction }),
    ("runs", { $0.runsAction }),
    ("save", { $0.saveAction }),
    ("set_seed", { $0.setSeedAction }),
    ("show", { $0.showAction }),
    ("step", { $0.stepAction }),
    ("summary", { $0.summaryAction }),
    ("sweep", { $0.sweepAction }),
    ("synthesize", { $0.synthesizeAction }),
    ("train", { $0.trainAction }),
    ("undo", { $0.undoAction }),
    ("validate", { $0.validateAction }),
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.make) })

  var actions: [Builtin] { Self.rows.map { $0.make(self) } }
  var actionNames: [String] { Self.rows.map(\.name) }

  func action(_ name: String) -> Builtin? { Self.byName[name].map { $0(self) } }
}
