import Components
import Testing

@testable import Engine

@Suite struct CheckpointSaverTests {
  /// A training whose evaluator saves the best and whose trainer saves as `change` says.
  static func training(
    _ folder: String, epochs: Int = 3, scores: [Double] = [],
    saver change: @escaping (inout CheckpointSaver) -> Void = { _ in },
    best: @escaping (inout CheckpointSaver) -> Void = { _ in }
  ) throws -> ToyTraining {
    try ToyTraining(
      epochs: epochs, scores: scores,
      evaluatorHandlers: { parts in
        [
          parts.saver(folder) {
            $0.saveKeyMetric = true
            best(&$0)
          }
        ]
      },
      handlers: { [$0.validation($1), $0.saver(folder, whole: true, change)] })
  }

  static func weight(_ path: String) throws -> Float {
    guard case .tensor(let tensor)? = try Checkpoint.read(path).dictionary()["w"] else {
      throw Fault(.format, "no w")
    }
    return tensor.elements(of: Float.self)[0]
  }

  @Test func namesAreClarasByDefault() throws {
    let folder = try TemporaryFolder()
    let training = try Self.training(folder.path, scores: [0.1, 0.3, 0.2]) {
      $0.saveFinal = true
      $0.saveInterval = 2
    }
    let run = try training.trainer.run()
    #expect(
      try folder.names() == [
        "checkpoint_epoch=2.pt", "checkpoints.tsv", "final_model.pt", "model.pt", "run_state.pt",
      ])
    #expect(run.checkpoint == folder.file("model.pt"))
    #expect(training.sink.log.contains("Saved checkpoint at epoch: 2"))
    #expect(
      training.sink.log.contains("Train completed, saved final checkpoint: final_model.pt"))
  }

  @Test func theBestHoldsTheWeightsOfItsEpoch() throws {
    let folder = try TemporaryFolder()
    let twoEpochs = try ToyTraining(epochs: 2)
    try twoEpochs.trainer.run()
    try Self.training(folder.path, scores: [0.1, 0.3, 0.2]).trainer.run()
    #expect(try Self.weight(folder.file("model.pt")) == twoEpochs.network.w.number)
  }

  /// MONAI's `Checkpoint` with the same arguments gives these names.
  @Test func namesAreMONAIsWithAPrefix() throws {
    let folder = try TemporaryFolder()
    try Self.training(
      folder.path, scores: [0.1, 0.93871, 0.2],
      saver: {
        $0.filePrefix = "spleen"
        $0.saveFinal = true
        $0.saveInterval = 4
        $0.epochLevel = false
      },
      best: { $0.filePrefix = "spleen" }
    ).trainer.run()
    #expect(
      try folder.names() == [
        "checkpoints.tsv", "run_state.pt", "spleen_checkpoint_final_iteration=6.pt",
        "spleen_checkpoint_iteration=4.pt", "spleen_net_key_metric=0.9387.pt",
      ])
  }

  @Test func severalBestStayInOrder() throws {
    let folder = try TemporaryFolder()
    try Self.training(
      folder.path, epochs: 5, scores: [0.5, 0.2, 0.7, 0.6, 0.1], best: { $0.keyMetricNSaved = 2 }
    ).trainer.run()
    #expect(
      try folder.names().filter { $0.contains("key_metric") } == [
        "net_key_metric=0.6000.pt", "net_key_metric=0.7000.pt",
      ])
  }

  @Test(arguments: [(false, 0), (true, 2)])
  func ofEqualOnesTheFirstOrTheLastIsKept(takesEqual: Bool, epoch: Int) throws {
    let folder = try TemporaryFolder()
    try Self.training(
      folder.path, scores: [0.5, 0.5, 0.5], best: { $0.keyMetricGreaterOrEqual = takesEqual }
    ).trainer.run()
    let reference = try ToyTraining(epochs: epoch + 1)
    try reference.trainer.run()
    #expect(try Self.weight(folder.file("model.pt")) == reference.network.w.number)
  }

  @Test func aNegativeSignPrefersTheSmallest() throws {
    let folder = try TemporaryFolder()
    try Self.training(
      folder.path, scores: [0.5, 0.2, 0.7],
      best: {
        $0.keyMetricNegativeSign = true
        $0.filePrefix = "small"
      }
    ).trainer.run()
    #expect(try folder.names().contains("small_net_key_metric=-0.2000.pt"))
  }

  @Test func aScoreThatIsNotANumberIsNotSaved() throws {
    let folder = try TemporaryFolder()
    try Self.training(folder.path, epochs: 1, scores: [.nan]).trainer.run()
    #expect(!(try folder.names()).contains("model.pt"))
  }

  @Test func onlyTheLatestOfTheIntervalsAreKept() throws {
    let folder = try TemporaryFolder()
    try Self.training(folder.path, epochs: 5, scores: [0.1, 0.1, 0.1, 0.1, 0.1]) {
      $0.saveInterval = 1
      $0.nSaved = 2
    }.trainer.run()
    #expect(
      try folder.names().filter { $0.contains("epoch") } == [
        "checkpoint_epoch=4.pt", "checkpoint_epoch=5.pt",
      ])
  }

  @Test func oneEntryIsTheStateItself() throws {
    let folder = try TemporaryFolder()
    try Self.training(folder.path, epochs: 1) { $0.saveFinal = true }.trainer.run()
    #expect(try Checkpoint.read(folder.file("model.pt")).dictionary().names == ["w", "b"])
    #expect(
      try Checkpoint.read(folder.file("final_model.pt")).dictionary().names == ["net", "opt"])
  }

  @Test func theListOfBestIsSavedOnRequest() throws {
    let folder = try TemporaryFolder()
    try Self.training(
      folder.path, epochs: 1, scores: [0.25], best: { $0.keyMetricSaveState = true }
    ).trainer.run()
    let saved = try Checkpoint.read(folder.file("model.pt")).dictionary()
      .required("checkpointer").dictionary().required("saved").list()
    #expect(saved.count == 1)
    let entry = try #require(saved.first).list()
    guard case .double(0.25) = entry[0], case .string("model.pt") = entry[1] else {
      Issue.record("not (priority, file): \(entry)")
      return
    }
  }

  // MARK: Files of others

  @Test func aFileOfAnotherRunIsRenamedFirst() throws {
    let folder = try TemporaryFolder()
    let pretrained = try folder.write([1, 2, 3], "model.pt")
    let training = try Self.training(folder.path, scores: [0.1, 0.2, 0.3])
    try training.trainer.run()
    #expect(try folder.read("model.1.pt") == [1, 2, 3])
    #expect(
      training.sink.notes == [
        "\(pretrained) was there before this run; it is \(folder.file("model.1.pt")) now"
      ])
    try Self.training(folder.path, epochs: 1).trainer.run()
    #expect(
      try folder.names().filter { $0.hasPrefix("model") } == [
        "model.1.pt", "model.2.pt", "model.pt",
      ])
  }

  @Test func aResumedRunReplacesItsOwnFiles() throws {
    let folder = try TemporaryFolder()
    let scores = [0.1, 0.2, 0.3]
    try Self.training(folder.path, scores: scores) { $0.saveFinal = true }.trainer.run(epochs: 1)
    let second = try Self.training(folder.path, scores: Array(scores.dropFirst())) {
      $0.saveFinal = true
    }
    try second.trainer.resume(from: folder.file("run_state.pt"))
    try second.trainer.run()
    #expect(
      try folder.names() == ["checkpoints.tsv", "final_model.pt", "model.pt", "run_state.pt"])
    #expect(second.sink.notes.count == 1)
  }

  @Test func leftoversOfKilledWritersGoAtTheNextStart() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write([0], "model.pt.tmp-999999999-0a1b2c3d")
    try Self.training(folder.path, epochs: 1) { $0.saveFinal = true }.trainer.run()
    #expect(!(try folder.names()).contains { $0.contains(".tmp-") })
  }

  // MARK: Arguments

  @Test func oneNameCannotHoldSeveral() throws {
    let fault = #expect(throws: Fault.self) {
      _ = try CheckpointSaver.make([
        "save_dir": .string("models"),
        "save_dict": .dict(["model": .object(ToyNetwork())]),
        "key_metric_n_saved": .int(2), "key_metric_filename": .string("best.pt"),
      ])
    }
    #expect(fault?.message == "one key_metric_filename cannot hold 2 models")
    #expect(fault?.argument == ["key_metric_n_saved"])
  }

  @Test func namesStayInTheFolder() throws {
    let fault = #expect(throws: Fault.self) {
      _ = try CheckpointSaver.make([
        "save_dir": .string("models"),
        "save_dict": .dict(["model": .object(ToyNetwork())]),
        "final_filename": .string("../../x.pt"),
      ])
    }
    #expect(fault?.message == "a file name may not lead out of save_dir")
  }

  @Test func aSaverWithoutAKeyMetricSaysSo() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      handlers: { parts, _ in [parts.saver(folder.path) { $0.saveKeyMetric = true }] })
    let fault = #expect(throws: Fault.self) { try training.trainer.run() }
    #expect(fault?.message == "save_key_metric needs a key metric")
  }
}
