import Components
import Foundation
import Testing

@testable import Jupyter

@Suite struct TrainingCellTests {
  private static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("examples/spleen")

  /// A kernel with the example's config, a small network and small volumes.
  private func withTraining(_ body: (KernelUnderTest) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.copyItem(
      at: Self.examples.appendingPathComponent("config"), to: root.appendingPathComponent("config"))
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, _) = try test.client.run(
      """
      load("\(root.path)")
      DATA_ROOT = synthesize("\(root.path)/data", n=3, shape=(32, 32, 32), val=1)
      DATASET_JSON = "\(root.path)/data/dataset.json"
      train.pre_transforms.RandCropByPosNegLabeld.spatial_size = [16, 16, 16]
      train.model.channels = [4, 8]; train.model.strides = [2]
      validate.inferer.roi_size = [16, 16, 16]; num_interval_per_valid = 1000; amp = False
      """)
    try #require(reply["status"] == .string("ok"))
    try body(test)
  }

  /// Of a display that changes.
  private func id(_ message: Message) -> String? {
    if case .dict(let transient)? = message["transient"] {
      transient["display_id"].text
    } else {
      nil
    }
  }

  @Test func anInterruptStopsAfterTheIterationAndKeepsEverything() throws {
    try withTraining { test in
      let client = test.client
      let training = client.execute("before = 1\nr = train(100000)\nafter = 1")
      let next = client.execute("queued = 1")
      // Some epochs are done when what is shown changes.
      while let message = client.hear(),
        message.parent != training || message.type != "update_display_data"
      {}
      // Hours before it would have come to its end.
      client.send("interrupt_request", over: .control)
      #expect(client.reply(to: training)?["ename"] == .string("KeyboardInterrupt"))
      #expect(client.reply(to: next)?["status"] == .string("error"))
      #expect(try client.run("before").reply["status"] == .string("ok"))
      #expect(try client.run("after").reply["ename"] == .string("UnknownName"))
      #expect(try client.run("train(1)").reply["status"] == .string("ok"))
      let (_, published) = try client.run("@trainer.state.epoch > 2")
      #expect(published.first { $0.type == "execute_result" }?.data() == "True")
    }
  }

  @Test func aRunHasOneDisplayThatChangesNowAndThen() throws {
    try withTraining { test in
      let start = ContinuousClock.now
      let (reply, published) = try test.client.run("train(30);")
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      #expect(reply["status"] == .string("ok"))
      let displays = published.filter { $0.type == "display_data" && id($0) != nil }
      let updates = published.filter { $0.type == "update_display_data" }
      #expect(displays.count == 1)
      // Four a second, the first and the last state.
      #expect(Double(updates.count) <= 4 * seconds + 2)
      #expect(Set((displays + updates).map(id)).count == 1)
      #expect(displays.first?.data("text/html") != nil)
    }
  }
}
