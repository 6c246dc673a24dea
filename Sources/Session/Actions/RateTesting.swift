import Components
import Engine
import Script

/// `lr_range_test`: a training of its own with a growing rate; this session's stays where it is.
extension EtudeSession {
  var rateRangeAction: Builtin {
    Builtin(
      "lr_range_test", "Trains with a growing learning rate and suggests one; changes nothing.",
      effect: .action, BuiltinParameter("start_lr", default: 1e-7, shown: "1e-7"),
      BuiltinParameter("end_lr", default: 10.0, shown: "10"),
      BuiltinParameter("num_iter", default: 100)
    ) { [self] _, start, end, count in
      .object(try testRates(try RateRange(from: start, to: end, count: count)))
    }
  }

  private func testRates(_ range: RateRange) throws -> Run {
    try makeTrainingParts(epochs: 1)
    let own = try runContext()
    let generator = TorchGenerator(seed: 0)
    generator.state = own.generator.state
    let context = RunContext(beside: own, generator: generator, seed: own.seed, output: output)
    let other = EtudeSession(beside: self, bindings, context)
    let trainer = try other.trainer()
    if builtTrainer != nil { try goOn(trainer, from: try self.trainer()) }
    try other.preflight([.train])
    let run = try trainer.run(range)
    finish(run)
    if let rate = run.suggestedRate {
      note("the loss falls fastest at lr \(Self.short(rate)); try: \(rateLine(rate))")
    } else if !run.isInterrupted {
      note("the loss never falls between lr \(range.start) and \(range.end)")
    }
    return run
  }

  /// What this session has learned so far is where the test begins.
  private func goOn(_ other: SupervisedTrainer, from own: SupervisedTrainer) throws {
    _ = try other.network.adopt(own.network.state(), strict: true)
    if case .dict(let state) = try own.optimizer.state(), let moments = state["state"] {
      _ = try other.optimizer.adopt(.dict(StateDictionary([("state", moments)])), strict: false)
    }
    try other.takeOver(from: own)
  }

  /// The line that sets the rate where it is written.
  private func rateLine(_ rate: Double) -> String {
    let text = Self.short(rate)
    let optimizer = bindings.lookup("optimizer", from: .train)?.expression.component
    switch optimizer?.argument("lr")?.form {
    case .variable(let name)?, .name(let name)?: return "\(name) = \(text)"
    default: return "train.optimizer.lr = \(text)"
    }
  }

  private static func short(_ rate: Double) -> String { PythonNumber.text(of: rate, digits: 3) }
}
