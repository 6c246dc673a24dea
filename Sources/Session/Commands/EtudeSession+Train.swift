import Components
import Engine
import Plotting
import Script

/// `etude train`
extension EtudeSession {
  @discardableResult
  public static func train(
    _ command: TrainOptions, output: any OutputSink, cancellation: Cancellation
  ) throws -> CommandOutcome {
    let options = SessionOptions(threads: command.workflow.threads, cancellation: cancellation)
    return try EtudeSession(options: options, output: output).train(command)
  }

  func train(_ command: TrainOptions) throws -> CommandOutcome {
    try open(command.workflow, defaultConfig: TrainOptions.defaultConfig, run: command.run)
    guard bindings[.train, "trainer"] != nil else {
      throw Fault(
        .state, "the config has no trainer, so there is nothing to train",
        remedy: "etude evaluate -c \(command.workflow.config ?? EvaluateOptions.defaultConfig)")
    }
    let trainer = try checkedTrainer()
    try showNetworkSummary()
    if command.dryRun { return describe(trainer) }
    try resume(command.resume, trainer)
    let folder = runFolder
    if let folder { try writeResolvedConfig(to: folder) }
    let run = finish(try perform(TrainingRequest(), by: trainer))
    if let folder {
      if command.writeTrainStats { try TrainStats(trainer).write(to: folder) }
      draw(trainer, in: folder)
    }
    if run.isInterrupted {
      note("stopped; this goes on from here: \(resumeCommand(command))")
      return .interrupted
    }
    return .finished
  }

  /// Loads a command's config with its options, and prints it when asked.
  func open(_ workflow: WorkflowOptions, defaultConfig: String, run: String? = nil) throws {
    try load(
      workflow.config ?? defaultConfig, environment: workflow.environment, root: workflow.mmar,
      sets: workflow.sets)
    if let run { try redirection(to: run, isWanted: true, source: "--run \(run)")?.keep() }
    if try RunSettings(bindings).printConfig {
      output.write(JSONWriter.string(bindings.effectiveConfig), to: .result)
    }
  }

  private func describe(_ trainer: SupervisedTrainer) -> CommandOutcome {
    output.show(table(of: .train), as: .display)
    if !bindings.names(in: .validate).isEmpty { output.show(table(of: .validate), as: .display) }
    output.write(
      "max_epochs \(trainer.configuredEpochs), \(trainer.state.epochLength) iterations in each; "
        + "nothing was run", to: .result)
    return .finished
  }

  private func resume(_ resume: TrainOptions.Resume, _ trainer: SupervisedTrainer) throws {
    let file: String
    switch resume {
    case .no: return
    case .file(let path): file = path
    case .newest:
      guard let state = trainer.stateFile, (ConfigFile.kind(of: state) != nil) else {
        throw Fault(
          .file, "there is no run to resume in \(runFolder ?? ".")",
          wanted: SupervisedTrainer.stateFileName, remedy: "leave --resume out to start a new run")
      }
      file = state
    }
    try trainer.resume(from: file)
  }

  /// The curves of the whole training, what was resumed included, as files and in the terminal; a
  /// missing gnuplot is a remark.
  private func draw(_ trainer: SupervisedTrainer, in folder: String) {
    let chart = RunChart(trainer.history, title: "training").chart
    if chart.panels.isEmpty { return }
    do throws(Fault) {
      let gnuplot = try Gnuplot.find()
      for name in ["curves.svg", "curves.png"] {
        let file = ConfigFile.join(folder, name)
        try chart.write(to: file, with: gnuplot)
        note("drew \(file)")
      }
      output.write(try chart.text(with: gnuplot), to: .result)
    } catch {
      note(.note(error))
    }
  }

  private func resumeCommand(_ command: TrainOptions) -> String {
    let workflow = command.workflow
    var words = ["etude", "train", "-m", workflow.mmar]
    if let config = workflow.config { words += ["-c", config] }
    if let environment = workflow.environment { words += ["-e", environment] }
    if let run = command.run { words += ["--run", run] }
    // Another number of threads adds in another order, which changes last digits.
    if let threads = workflow.threads { words += ["--threads", String(threads)] }
    words.append("--resume")
    if !workflow.sets.isEmpty { words += ["--set"] + workflow.sets }
    return words.map(Self.shellQuoted).joined(separator: " ")
  }

  private static func shellQuoted(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_=./,+:@".contains($0) }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
