import Components
import Engine
import Foundation
import TestSupport
import Testing

@testable import Session

@Suite struct CheckpointOutlineTests {
  @Test func tensorsStandInColumnsAndPlainValuesAsTheyAre() {
    let outline = CheckpointOutline(
      .dict(
        StateDictionary([
          (
            "model",
            .dict(
              StateDictionary([
                (
                  "conv.weight",
                  .tensor(Tensor([Float](repeating: 1, count: 6), shape: [1, 2, 3]))
                ),
                ("conv.b", .tensor(Tensor([Float(0)], shape: [1]))),
                ("batches", .tensor(Tensor([Int64(7)], shape: []))),
              ]))
          ),
          ("groups", .list([.dict(StateDictionary([("lr", .double(2e-4))]))])),
          ("betas", .tuple([.double(0.9), .double(0.999)])),
          ("a name\n", .string("two\nlines")), ("empty", .dict(StateDictionary())),
        ])))
    #expect(
      outline.lines == [
        "model  3 entries", "  conv.weight  float32  1×2×3", "  conv.b       float32  1",
        "  batches      int64  7", "groups  1 item", "  0  1 entry", "    lr  0.0002",
        "betas  (0.9, 0.999)", "'a name\\n'  'two\\nlines'", "empty  {}",
      ])
    #expect(outline.tensorCount == 3)
    #expect(outline.elementCount == 8)
  }

  @Test func aFileIsReadToItsEnd() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pt")
    defer {
      do { try FileManager.default.removeItem(at: file) } catch { Issue.record(error) }
    }
    let weights = Tensor([Float](repeating: 0.5, count: 1000), shape: [10, 100])
    try Checkpoint.write(.dict(StateDictionary([("w", .tensor(weights))])), to: file.path)
    let sink = RecordingSink()
    try EtudeSession.inspect(file.path, output: sink)
    #expect(sink.text(of: .result) == "w  float32  10×100")
    #expect(sink.text(of: .note).contains("1000 numbers in 1 tensor"))

    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: file)
    let fault = #expect(throws: Fault.self) { try EtudeSession.inspect(file.path, output: sink) }
    #expect(fault?.kind == .format)
  }

  @Test func aMissingFileIsNamed() {
    let fault = #expect(throws: Fault.self) {
      try EtudeSession.inspect("/nowhere/model.pt", output: RecordingSink())
    }
    #expect(fault?.message.contains("/nowhere/model.pt") == true)
  }
}
