import ArgumentParser
import Session

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Run the training config of an MMAR.",
    discussion: "The config is \(TrainOptions.defaultConfig) unless -c names another.")

  @OptionGroup var workflow: WorkflowArguments

  @Flag(
    name: .customLong("write_train_stats"),
    help: "Also write train_stats.json beside the checkpoints.")
  var writeTrainStats = false

  @Option(
    help: ArgumentHelp(
      "Go on where the last run, or the named checkpoint, stopped.", valueName: "file"))
  var resume: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("Write into this folder below MMAR_CKPT_DIR.", valueName: "name"))
  var runName: String?

  @Flag(help: "Resolve and check everything, train nothing.")
  var dryRun = false

  var options: TrainOptions {
    TrainOptions(
      workflow: workflow.options, writeTrainStats: writeTrainStats,
      resume: resume.map { $0 == ArgumentWords.newest ? .newest : .file($0) } ?? .no, run: runName,
      dryRun: dryRun)
  }

  func run() throws {
    try Front.run(workflow.common.color) { front in
      try EtudeSession.train(
        options, output: front.sink, cancellation: front.signals.cancellation)
    }
  }
}
