import Components
import Engine
import Script

extension EtudeSession {
  var trainAction: Builtin {
    Builtin(
      "train", "Trains on: epochs or iterations more, or up to <epochs>.", effect: .action,
      BuiltinParameter<Int?>("epochs", default: nil),
      BuiltinParameter<Int?>("iterations", default: nil), BuiltinParameter("fresh", default: false)
    ) { [self] _, epochs, iterations, fresh in
      if let epochs, epochs < 1 { throw Self.tooFew("epochs", epochs) }
      if let iterations, iterations < 1 { throw Self.tooFew("iterations", iterations) }
      if fresh { try startAfresh() }
      return .object(try runTraining(epochs: epochs, iterations: iterations))
    }
  }

  var validateAction: Builtin {
    Builtin("validate", "Runs the evaluator over the validation data.", effect: .action) {
      [self] _ in
      .object(try runValidation())
    }
  }

  var runsAction: Builtin {
    Builtin("runs", "The runs of this session.", effect: .action) { [self] _ in
      for (index, run) in runs.all.enumerated() {
        output.write(run.line(number: index + 1), to: .result)
      }
      if runs.all.isEmpty { output.write("no runs yet; train() makes one", to: .result) }
      return .none
    }
  }

  /// New weights and epoch 0; loaded and cached data stay.
  private func startAfresh() throws {
    let learned = ["model", "optimizer", "lr_scheduler", "trainer", "handlers"]
    workbench.discard(
      bindings.nodes.filter { node in
        node.section == .train && learned.contains(node.name) || node.name == "evaluator"
      })
    try followSeed()
  }

  private static func tooFew(_ name: String, _ count: Int) -> Fault {
    Fault(.outOfRange, "\(name) is at least 1", got: "\(count)", argument: [name])
  }
}
