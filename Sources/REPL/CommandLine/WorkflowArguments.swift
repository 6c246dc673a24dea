import ArgumentParser
import Session

/// Clara's own options: where the MMAR, its config and its environment are.
struct WorkflowArguments: ParsableArguments {
  @Option(
    name: [.customShort("m"), .customLong("mmar")],
    help: ArgumentHelp("The MMAR folder.", valueName: "mmar"))
  var mmar = "."

  @Option(
    name: [.customShort("c"), .customLong("config")],
    help: ArgumentHelp("The workflow config, relative to the MMAR.", valueName: "config"))
  var config: String?

  @Option(
    name: [.customShort("e"), .customLong("environment")],
    help: ArgumentHelp(
      "The environment file (default: config/environment.json).", valueName: "env"))
  var environment: String?

  @OptionGroup var sets: SetArguments
  @OptionGroup var common: CommonArguments

  var options: WorkflowOptions {
    WorkflowOptions(
      mmar: mmar, config: config, environment: environment, sets: sets.words,
      threads: common.threads)
  }
}
