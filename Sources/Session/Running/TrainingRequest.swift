import Components
import Engine
import Script

/// What `train(…)` was asked for.
struct TrainingRequest {
  var epochs: Int?
  var iterations: Int?
  /// Only these of the training cases, and validated on the same; nil takes all.
  var cases: [Either<Int, String>]?
  var validates = true
  /// New weights and epoch 0; cases that were read stay.
  var isFresh = false
  /// The folder below MMAR_CKPT_DIR for the files of this run.
  var run: String?
}

extension EtudeSession {
  func train(_ request: TrainingRequest) throws -> Run {
    for (name, count) in [("epochs", request.epochs), ("iterations", request.iterations)] {
      guard let count, !Value.counts.contains(count) else { continue }
      throw Fault(
        .outOfRange, "\(name) is out of range", got: "\(count)",
        wanted: "at most \(Value.counts.upperBound)", argument: [name])
    }
    try makeTrainingParts(epochs: request.epochs)
    if request.isFresh { try startAfresh() }
    // A best model on chosen cases must not take the place of one on all.
    let folder = request.run ?? request.cases.map { _ in "cases" }
    guard let folder, let redirection = try redirection(to: folder, isWanted: request.run != nil)
    else { return finish(try perform(request, by: checkedTrainer())) }
    let run = try redirection.during {
      if request.run != nil { try writeResolvedConfig(to: redirection.folder) }
      // What is the best model is told by the files of one folder.
      let earlier = runs.entries.last { $0.title == request.run }?.run
      return try perform(
        request, by: checkedTrainer(), best: earlier.map(BestModel.init(of:)) ?? BestModel())
    }
    return finish(run, title: request.run ?? "")
  }

  /// The run itself, without a line about it.
  ///
  /// - Parameter best: the best model it begins with, when that is not the training's own.
  func perform(
    _ request: TrainingRequest, by trainer: SupervisedTrainer, best: BestModel? = nil
  ) throws -> Run {
    var variation = RunVariation(validates: request.validates)
    if let cases = request.cases {
      guard let dataset = trainer.loader?.dataset else {
        throw Fault(.state, "the trainer has no data loader to choose cases from")
      }
      variation = try trainer.variation(
        onCases: CaseChoice(cases, of: dataset).places, validates: request.validates)
    }
    variation.best = best
    let plot = live.withLock { $0 }
    try plot?.begin()
    defer { plot?.end(trainer.history) }
    return try trainer.run(
      epochs: request.epochs, iterations: request.iterations, varying: variation)
  }

  /// Objects that learn are made anew on their next use; data sets, and what they keep, stay.
  private func startAfresh() throws {
    let learning = ["model", "optimizer", "lr_scheduler", "handlers", "trainer"]
    workbench.discard(
      bindings.nodes.filter { learning.contains($0.name) || $0.name == "evaluator" })
    try followSeed()
  }
}
