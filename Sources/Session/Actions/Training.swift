import Components
import Engine
import Script

/// Cases as a call names them: their numbers in the data set, or names of their files without endings.
typealias CaseNames = OneOrMany<Either<Int, String>>

extension EtudeSession {
  var trainAction: Builtin {
    Builtin(
      "train", "Trains on: epochs or iterations more, or up to <epochs>.", effect: .action,
      BuiltinParameter<Int?>("epochs", default: nil),
      BuiltinParameter<Int?>("iterations", default: nil),
      BuiltinParameter<CaseNames?>("cases", default: nil),
      BuiltinParameter("validate", default: true), BuiltinParameter("fresh", default: false),
      BuiltinParameter<String?>("run", default: nil)
    ) { [self] _, epochs, iterations, cases, validates, isFresh, run in
      if let epochs, epochs < 1 { throw Self.tooFew("epochs", epochs) }
      if let iterations, iterations < 1 { throw Self.tooFew("iterations", iterations) }
      let request = TrainingRequest(
        epochs: epochs, iterations: iterations, cases: cases?.values, validates: validates,
        isFresh: isFresh, run: run)
      return .object(try train(request))
    }
  }

  var validateAction: Builtin {
    Builtin(
      "validate", "Runs the evaluator over the validation data, or over chosen cases of it.",
      effect: .action, BuiltinParameter<CaseNames?>("cases", default: nil),
      BuiltinParameter("save", default: false)
    ) { [self] _, cases, save in
      .object(
        try validate(by: checkedEvaluator(), cases: cases?.values, savesModels: save))
    }
  }

  var runsAction: Builtin {
    Builtin("runs", "The runs of this session.", effect: .action) { [self] _ in
      if runs.entries.isEmpty {
        output.write("no runs yet; train() makes one", to: .result)
      } else {
        let table = runs.table(showsTimes: !display.isRepeatable)
        output.show(table.text(), html: table.html)
      }
      return .none
    }
  }

  private static func tooFew(_ name: String, _ count: Int) -> Fault {
    Fault(.outOfRange, "\(name) is at least 1", got: "\(count)", argument: [name])
  }
}
