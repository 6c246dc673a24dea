import Components
import Engine
import Script

/// Training and validating, as the prompt and the commands both do it.
extension EtudeSession {
  /// One pass of the evaluator, at the epoch where training stands.
  ///
  /// - Parameters:
  ///   - evaluator: which nothing speaks against.
  ///   - cases: only these of its cases; nil takes all.
  ///   - savesModels: whether the model is saved if it is the best.
  func validate(
    by evaluator: SupervisedEvaluator, cases: [Either<Int, String>]? = nil,
    savesModels: Bool = true
  ) throws -> Run {
    var chosen: DataLoader?
    if let cases, let loader = evaluator.loader {
      chosen = loader.loading(
        CaseSubset(loader.dataset, try CaseChoice(cases, of: loader.dataset).places))
    }
    let epoch = max(builtTrainer?.state.epoch ?? 0, 1)
    return finish(
      try evaluator.aside {
        try evaluator.run(globalEpoch: epoch, on: chosen, savesModels: savesModels)
      })
  }

  /// The trainer as it is now, if there is one.
  var builtTrainer: SupervisedTrainer? {
    guard case .object(let object)? = workbench.built(Node(.train, "trainer"))?.value else {
      return nil
    }
    return object as? SupervisedTrainer
  }

  /// Tells about a run that is over and numbers it.
  ///
  /// - Parameters:
  ///   - title: stands before its line: the folder, or the value it tried.
  ///   - isBrief: one line, and nothing about single cases.
  @discardableResult
  func finish(_ run: Run, title: String = "", isBrief: Bool = false) -> Run {
    if run.isEmpty {
      runs.pass(run)
      return run
    }
    let number = runs.add(run, title: title)
    let line = run.line(number: number, showsTime: !display.isRepeatable)
    let lines =
      [(title.isEmpty ? "" : "\(title)   ") + line] + (isBrief ? [] : run.details.map(\.line))
    output.show(
      lines.joined(separator: "\n"),
      html: run.html(
        number: number, title: title, showsTime: !display.isRepeatable, isBrief: isBrief))
    return run
  }

  /// Says what a config asks for that a CPU does not do, once.
  func noteSettings() throws {
    for line in try RunSettings(bindings).notesOnCPU { noteOnce(line) }
  }

  /// The table that `network_summary` asks for.
  func showNetworkSummary() throws {
    guard let size = try RunSettings(bindings).summaryInputSize,
      let binding = bindings.lookup("model", from: .train),
      case .object(let object) = try value(of: binding.node), let network = object as? any Network
    else { return }
    let summary = try networkSummary(network, size)
    output.show(summary.text, html: summary.html)
  }
}
