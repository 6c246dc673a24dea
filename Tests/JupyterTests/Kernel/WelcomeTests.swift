import Components
import Foundation
import Signals
import Synchronization
import Testing

@testable import Jupyter

@Suite struct WelcomeTests {
  @Test func aWelcomeComesBeforeAllElseHoweverBusyTheKernelIs() throws {
    let test = try KernelUnderTest()
    let isOver = DispatchSemaphore(value: 0)
    let stops = Mutex(false)
    let publisher = test.kernel.publisher
    BackgroundThread.start {
      while !stops.withLock({ $0 }) {
        for _ in 0..<100 { publisher.publish("clear_output", ["wait": .bool(false)], of: nil) }
        usleep(500)
      }
      isOver.signal()
    }
    defer {
      stops.withLock { $0 = true }
      isOver.wait()
      test.end()
    }
    for _ in 0..<50 {
      let client = try Client(test.kernel.connection)
      let first = try #require(client.hear())
      #expect(first.type == "iopub_welcome")
      #expect(first["subscription"] == .string(""))
      #expect(client.hear()?.type == "clear_output")
    }
  }

  @Test func aTopicBringsItsMessagesAloneUntilItIsGivenUp() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = try Client(test.kernel.connection, topic: "stream")
    #expect(client.hear()?["subscription"] == .string("stream"))
    _ = try test.client.run("print('heard')")
    #expect(client.hear()?.text("text") == "heard\n")
    client.unsubscribe(from: "stream")
    // What is given up takes another road than what is asked, so that it may come later.
    let isQuiet = try (0..<50).contains { _ in
      _ = try test.client.run("print('once more')")
      return client.hear(within: 0.1) == nil
    }
    #expect(isQuiet)
  }
}
