import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct TensorBoardStatsHandlerTests {
  static func handler(_ folder: String, loss: Bool) -> any Handler {
    var arguments = TensorBoardStatsHandler()
    arguments.logDir = PathArgument(folder)
    arguments.tagName = "train_loss"
    arguments.outputTransform = FunctionArgument(
      loss
        ? fromEngine(["loss"], first: true)
        : NativeFunction("none") { _, _ in .none })
    return TensorBoardStatsHandler.Live(arguments)
  }

  @Test func lossesAndMetricsGoToOneFile() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      scores: [0.5, 0.25],
      evaluatorHandlers: { _ in [Self.handler(folder.path, loss: false)] },
      handlers: { [$0.validation($1), Self.handler(folder.path, loss: true)] })
    try training.trainer.run()
    let names = try folder.names()
    #expect(names.count == 1)
    let scalars = try EventReader.read(folder: folder.path)
    let losses = scalars.filter { $0.tag == "train_loss" }
    #expect(losses.map(\.step) == [1, 2, 3, 4])
    #expect(losses.first?.value == 9.5625)
    let scores = scalars.filter { $0.tag == "val_score" }
    #expect(scores.map(\.step) == [1, 2])
    #expect(scores.map(\.value) == [0.5, 0.25])
  }

  @Test func writersOfPythonAreRefused() {
    let fault = #expect(throws: Fault.self) {
      _ = try TensorBoardStatsHandler.make(["summary_writer": .int(1)])
    }
    #expect(fault?.kind == .unsupported)
    #expect(fault?.message == "summary_writer of TensorBoardStatsHandler is not supported")
  }
}
