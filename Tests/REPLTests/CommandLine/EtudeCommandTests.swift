import ArgumentParser
import Session
import Testing

@testable import REPL

@Suite struct EtudeCommandTests {
  private func parse<C: ParsableCommand>(_ line: String, as type: C.Type) throws -> C {
    let words = ArgumentWords.regular(line.split(separator: " ").map(String.init))
    return try #require(try EtudeCommand.parseAsRoot(words) as? C)
  }

  @Test func claraScriptsParseAsTheyAre() throws {
    let command = try parse(
      "train -m /data/mmar -c config/config_train.json -e config/environment.json "
        + "--write_train_stats --set print_conf=True epochs=1260 learning_rate=0.0002 multi_gpu=False",
      as: TrainCommand.self)
    #expect(
      command.options
        == TrainOptions(
          workflow: WorkflowOptions(
            mmar: "/data/mmar", config: "config/config_train.json",
            environment: "config/environment.json",
            sets: ["print_conf=True", "epochs=1260", "learning_rate=0.0002", "multi_gpu=False"]),
          writeTrainStats: true))
  }

  @Test func theDefaultsAreClaras() throws {
    let command = try parse("train", as: TrainCommand.self)
    #expect(command.options == TrainOptions())
    #expect(command.options.workflow.mmar == ".")
    let evaluate = try parse("evaluate", as: EvaluateCommand.self)
    #expect(evaluate.options == EvaluateOptions())
  }

  @Test(arguments: [
    ("train --resume", TrainOptions.Resume.newest), ("train", .no),
    ("train --resume models/model.pt", .file("models/model.pt")),
  ])
  func resume(line: String, expected: TrainOptions.Resume) throws {
    #expect(try parse(line, as: TrainCommand.self).options.resume == expected)
  }

  @Test func withoutACommandTheFileIsOpened() throws {
    let command = try parse("examples/spleen -i --set epochs=2 --threads 3", as: PromptCommand.self)
    #expect(command.file == "examples/spleen")
    #expect(command.interactive)
    #expect(command.sets.words == ["epochs=2"])
    #expect(command.common.threads == 3)
    #expect(try EtudeCommand.parseAsRoot(["-c", "1+1"]) is PromptCommand)
  }

  @Test func datasetOptions() throws {
    let command = try parse(
      "dataset synthesize out --n 3 --shape 64 64 32 --val 1 --seed 7", as: SynthesizeCommand.self)
    #expect(
      command.options
        == SynthesizeOptions(
          directory: "out", count: 3, shape: [64, 64, 32], validationCount: 1, seed: 7))
    let split = try parse("dataset split dataset.json --val 0.25", as: SplitCommand.self)
    #expect(split.options == SplitOptions(list: "dataset.json", validationFraction: 0.25))
  }

  @Test(arguments: [
    "train --nonsense", "train extra", "train --threads 0", "dataset split", "--color pink",
    "dataset split x --val 2", "dataset synthesize x --shape 1 2", "dataset synthesize x --n 0",
    "train --set=novalue", "train --set==1",
  ])
  func wrongUsageIsToldWithStatusTwo(line: String) {
    let words = ArgumentWords.regular(line.split(separator: " ").map(String.init))
    let error = #expect(throws: (any Error).self) { try EtudeCommand.parseAsRoot(words) }
    if let error { #expect(CommandLineEntry.status(of: error) == 2) }
  }

  @Test(arguments: ["--help", "--version", "train --help", "dataset synthesize --help"])
  func questionsAreAnsweredWithStatusZero(line: String) {
    let error = #expect(throws: (any Error).self) {
      var command = try EtudeCommand.parseAsRoot(line.split(separator: " ").map(String.init))
      try command.run()
    }
    if let error { #expect(CommandLineEntry.status(of: error) == 0) }
  }
}
