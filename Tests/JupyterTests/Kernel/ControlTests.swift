import Components
import Foundation
import Testing

@testable import Jupyter

@Suite struct ControlTests {
  /// A cell that would take minutes.
  private let long = "before = 1\nprint('begun')\nfor i in range(3000000):\n  a = i\nafter = 1"

  /// Waits until the cell is at work.
  private func begin(_ client: Client, _ code: String) -> String {
    let id = client.execute(code)
    while let message = client.hear(), message.parent != id || message.type != "stream" {}
    return id
  }

  @Test func theKernelSaysWhoItIs() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    for channel in [Channel.shell, .control] {
      let (reply, published) = try test.client.ask("kernel_info_request", over: channel)
      #expect(reply["protocol_version"] == .string("5.5"))
      #expect(reply["supported_features"] == .list([.string("kernel subshells")]))
      #expect(published.map(\.type) == ["status", "status"])
    }
  }

  @Test func anInterruptStopsTheCellAndWhatWaits() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    let first = begin(client, long)
    let second = client.execute("second = 1")
    #expect(try client.ask("interrupt_request", over: .control).reply["status"] == .string("ok"))
    let reply = client.reply(to: first)
    #expect(reply?["status"] == .string("error"))
    #expect(reply?["ename"] == .string("KeyboardInterrupt"))
    #expect(client.reply(to: second)?["status"] == .string("error"))
    #expect(try client.run("before").reply["status"] == .string("ok"))
    #expect(try client.run("after").reply["ename"] == .string("UnknownName"))
    #expect(try client.run("second").reply["ename"] == .string("UnknownName"))
  }

  @Test func anInterruptOfNothingIsForgotten() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    _ = try test.client.ask("interrupt_request", over: .control)
    #expect(try test.client.run("1 + 1").reply["status"] == .string("ok"))
  }

  @Test func questionsAreAnsweredWhileACellRuns() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    _ = try client.run("threshold = 3")
    let cell = begin(client, long)
    let (completion, _) = try client.ask(
      "complete_request", ["code": .string("thresh"), "cursor_pos": .int(6)])
    #expect(completion["matches"] == .list([.string("threshold")]))
    let (inspection, _) = try client.ask(
      "inspect_request",
      ["code": .string("DiceLoss("), "cursor_pos": .int(9), "detail_level": .int(0)])
    #expect(inspection["found"] == .bool(true))
    let (subshell, _) = try client.ask("create_subshell_request", over: .control)
    let name = try #require(subshell.text("subshell_id"))
    let (reply, published) = try client.run("%who", subshell: name)
    #expect(reply["status"] == .string("ok"))
    #expect(reply["execution_count"] == .int(1))
    #expect(published.first { $0.type == "display_data" }?.data()?.contains("threshold") == true)
    // All that while the cell is at work.
    _ = client.send("interrupt_request", over: .control)
    #expect(client.reply(to: cell)?["ename"] == .string("KeyboardInterrupt"))
  }

  /// Clients show the state that they heard of last.
  @Test func aKernelAtWorkIsBusyAlsoAfterAQuestion() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    let cell = begin(client, long)
    let question = client.send("complete_request", ["code": .string("a"), "cursor_pos": .int(1)])
    while let message = client.hear(),
      message.parent != question || message.text("execution_state") != "idle"
    {}
    let next = client.hear()
    #expect(next?.text("execution_state") == "busy")
    #expect(next?.parent == cell)
    _ = client.send("interrupt_request", over: .control)
  }

  @Test func subshellsCountForThemselvesAndShareTheSession() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    _ = try client.run("shared = 7")
    let name = try #require(
      try client.ask("create_subshell_request", over: .control).reply.text("subshell_id"))
    #expect(
      try client.ask("list_subshell_request", over: .control).reply["subshell_id"]
        == .list([.string(name)]))
    let (reply, published) = try client.run("shared + 1", subshell: name)
    #expect(reply["execution_count"] == .int(1))
    #expect(published.first { $0.type == "execute_result" }?.data() == "8")
    #expect(
      try client.ask("delete_subshell_request", ["subshell_id": .string(name)], over: .control)
        .reply["status"] == .string("ok"))
    #expect(
      try client.ask("delete_subshell_request", ["subshell_id": .string(name)], over: .control)
        .reply["status"] == .string("error"))
    #expect(try client.run("1", subshell: name).reply["status"] == .string("error"))
  }

  @Test func itEndsWhenAsked() throws {
    let test = try KernelUnderTest()
    let (reply, published) = try test.client.ask(
      "shutdown_request", ["restart": .bool(true)], over: .control)
    #expect(reply["restart"] == .bool(true))
    #expect(published.map(\.type) == ["status", "shutdown_reply", "status"])
    #expect(test.waitForEnd())
  }

  @Test func itEndsAlsoInTheMiddleOfACell() throws {
    let test = try KernelUnderTest()
    let cell = begin(test.client, long)
    _ = try test.client.ask("shutdown_request", ["restart": .bool(false)], over: .control)
    #expect(test.waitForEnd())
    _ = cell
  }

  @Test func theHeartbeatEchoesWhileACellRuns() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    _ = begin(test.client, long)
    let zeroMQ = try ZeroMQ()
    let socket = try Socket(.dealer, in: zeroMQ)
    try socket.connect(test.kernel.connection.endpoint(test.kernel.connection.heartbeat))
    socket.send([[], Array("ping".utf8)])
    var echo: [[UInt8]]?
    for _ in 0..<5000 where echo == nil {
      echo = socket.receive()
      usleep(1000)
    }
    #expect(echo == [[], Array("ping".utf8)])
    _ = test.client.send("interrupt_request", over: .control)
  }

  @Test func whatNobodyKnowsIsLeftAlone() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    client.send("debug_request", ["command": .string("attach")], over: .control)
    client.send("strange_request")
    let id = client.send(
      "comm_open",
      ["comm_id": .string("c1"), "target_name": .string("nobody"), "data": .dict([:])])
    #expect(client.published(of: id).map(\.type) == ["status", "comm_close", "status"])
    let (comms, _) = try client.ask("comm_info_request")
    #expect(comms["comms"] == .dict([:]))
    #expect(try client.run("1").reply["status"] == .string("ok"))
  }
}
