import Components
import Engine
import Script

/// Brings what a run needs into being, so that a seed means the same thing every time: a network is
/// built from the start of torch's stream whenever it is built, and before the first iteration the
/// stream starts anew. Neither the order in a file nor what was looked at before changes a run.
extension EtudeSession {
  /// The trainer, built or brought up to date; `makeTrainingParts` has seen to it that there is one.
  func trainer() throws -> SupervisedTrainer {
    try followSeed()
    guard case .object(let object)? = try object("trainer", in: .train),
      let trainer = object as? SupervisedTrainer
    else { throw Fault(.wrongType, "trainer is not a trainer", wanted: "SupervisedTrainer") }
    reportRebuilt()
    try trainer.startStreams()
    return trainer
  }

  /// The evaluator, built or brought up to date; `makeValidationParts` has seen to it that there is one.
  func evaluator() throws -> SupervisedEvaluator {
    guard case .object(let object)? = try object("evaluator", in: .validate),
      let evaluator = object as? SupervisedEvaluator
    else { throw Fault(.wrongType, "evaluator is not an evaluator", wanted: "SupervisedEvaluator") }
    reportRebuilt()
    return evaluator
  }

  /// The trainer, when nothing speaks against its training: neither what is written, before anything is
  /// built, nor what more is known once it is.
  func checkedTrainer() throws -> SupervisedTrainer {
    try preflightTraining()
    let trainer = try trainer()
    try preflightTraining()
    return trainer
  }

  /// The same of the evaluator, which is made where none is written.
  func checkedEvaluator() throws -> SupervisedEvaluator {
    try makeValidationParts()
    try preflight([.validate])
    let evaluator = try evaluator()
    try preflight([.validate])
    return evaluator
  }
}
