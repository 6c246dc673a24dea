import Components
import Foundation
import Script
import Signals
import Testing

@testable import Jupyter

/// A kernel on threads of this process, and a client of it.
final class KernelUnderTest {
  static let key = "a key of the tests"

  let kernel: Kernel
  let client: Client
  private let isOver = DispatchSemaphore(value: 0)

  init(historyPath: String? = nil) throws {
    let kernel = try Kernel(
      ConnectionFile(key: Self.key), Kernel.Options(version: "test", historyPath: historyPath))
    self.kernel = kernel
    client = try Client(kernel.connection)
    BackgroundThread.start { [isOver] in
      kernel.run()
      isOver.signal()
    }
    client.waitForWelcome()
  }

  /// - Returns: Whether the kernel came to its end.
  @discardableResult
  func end() -> Bool {
    kernel.end()
    return isOver.wait(timeout: .now() + 10) == .success
  }

  func waitForEnd() -> Bool { isOver.wait(timeout: .now() + 10) == .success }

  deinit { kernel.end() }
}

/// A message as a client reads it.
struct Message: Sendable {
  var type: String
  var id: String?
  var parent: String?
  var parentType: String?
  var content: ValueDictionary

  init(_ frames: [[UInt8]], _ signer: Signer) throws {
    let border = try #require(frames.firstIndex(of: RequestReader.delimiter))
    func object(_ index: Int) throws -> ValueDictionary {
      let sources = SourceStore()
      let text = String(decoding: frames[border + index], as: UTF8.self)
      let (value, findings) = JSONReader.read(sources.add(name: "", text: text), in: sources)
      try #require(findings.isEmpty)
      guard case .dict(let object)? = value?.value else { return [:] }
      return object
    }
    try #require(signer.isSigned(frames[(border + 2)..<(border + 6)], frames[border + 1]))
    let (header, parent) = (try object(2), try object(3))
    type = header["msg_type"].text ?? ""
    id = header["msg_id"].text
    (self.parent, parentType) = (parent["msg_id"].text, parent["msg_type"].text)
    content = try object(5)
  }

  subscript(name: String) -> Value? { content[name] }
  func text(_ name: String) -> String? { content[name].text }

  /// What a display or a result shows in that form.
  func data(_ type: String = "text/plain") -> String? {
    if case .dict(let data)? = content["data"] { data[type].text } else { nil }
  }
}

extension Value? {
  var text: String? { if case .string(let text)? = self { text } else { nil } }
}

/// A client with a socket for each road.
final class Client {
  let connection: ConnectionFile
  private let zeroMQ: ZeroMQ
  private let sockets: [Channel: Socket]
  private let signer: Signer
  private var count = 0
  private let session = RandomName.make()

  /// - Parameter topic: What it wants to hear begins so.
  init(_ connection: ConnectionFile, topic: String = "") throws {
    self.connection = connection
    zeroMQ = try ZeroMQ()
    signer = try Signer(key: connection.key)
    let (stdin, shell) = (
      try Socket(.dealer, in: zeroMQ), try Socket(.dealer, in: zeroMQ)
    )
    sockets = [
      .shell: shell, .control: try Socket(.dealer, in: zeroMQ), .stdin: stdin,
      .iopub: try Socket(.subscriber, in: zeroMQ),
    ]
    // Questions are asked of the identity that sent the cell.
    for socket in [stdin, shell] { socket.setIdentity(session) }
    sockets[.iopub]?.subscribe(to: Array(topic.utf8))
    try sockets[.shell]?.connect(connection.endpoint(connection.shell))
    try sockets[.control]?.connect(connection.endpoint(connection.control))
    try sockets[.stdin]?.connect(connection.endpoint(connection.stdin))
    try sockets[.iopub]?.connect(connection.endpoint(connection.iopub))
  }

  /// What is published before a subscription has come through is lost.
  func waitForWelcome() { while let message = hear(), message.type != "iopub_welcome" {} }

  func unsubscribe(from topic: String) {
    sockets[.iopub]?.unsubscribe(from: Array(topic.utf8))
  }

  // MARK: Sending

  func frames(
    _ type: String, _ content: ValueDictionary = [:], subshell: String? = nil,
    answering parent: String? = nil
  ) -> (id: String, frames: [[UInt8]]) {
    count += 1
    let id = "\(session)_\(count)"
    var header: ValueDictionary = [
      "msg_id": .string(id), "session": .string(session), "username": .string("test"),
      "date": .string("2026-01-01T00:00:00Z"), "msg_type": .string(type),
      "version": .string("5.5"),
    ]
    if let subshell { header["subshell_id"] = .string(subshell) }
    let parents: ValueDictionary = parent.map { ["msg_id": .string($0)] } ?? [:]
    let signed = [header, parents, [:], content].map { Array(JSONWriter.packed(.dict($0)).utf8) }
    return (id, [RequestReader.delimiter, signer.signature(of: signed)] + signed)
  }

  func send(raw frames: [[UInt8]], over channel: Channel = .shell) {
    sockets[channel]?.send(frames)
  }

  /// - Returns: The message's id.
  @discardableResult
  func send(
    _ type: String, _ content: ValueDictionary = [:], over channel: Channel = .shell,
    subshell: String? = nil, answering parent: String? = nil
  ) -> String {
    let (id, frames) = frames(type, content, subshell: subshell, answering: parent)
    send(raw: frames, over: channel)
    return id
  }

  @discardableResult
  func execute(
    _ code: String, _ options: ValueDictionary = [:], subshell: String? = nil
  ) -> String {
    var content: ValueDictionary = ["code": .string(code)]
    for (key, value) in options { content[key] = value }
    return send("execute_request", content, subshell: subshell)
  }

  // MARK: Receiving

  /// The next message; nil when none comes in time.
  func receive(_ channel: Channel, within seconds: Double = 20) -> Message? {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if let frames = sockets[channel]?.receive() { return try? Message(frames, signer) }
      usleep(200)
    }
    return nil
  }

  func hear(within seconds: Double = 20) -> Message? { receive(.iopub, within: seconds) }

  /// The reply to a request; those to others are passed over.
  func reply(
    to id: String, over channel: Channel = .shell, within seconds: Double = 20
  ) -> Message? {
    while let message = receive(channel, within: seconds) {
      if message.parent == id { return message }
    }
    return nil
  }

  /// What was published about a request, up to its end.
  func published(of id: String) -> [Message] {
    var messages: [Message] = []
    while let message = hear() {
      guard message.parent == id else { continue }
      messages.append(message)
      if message.type == "status", message.text("execution_state") == "idle" { break }
    }
    return messages
  }

  /// Asks, and gives the reply and what was published.
  func ask(
    _ type: String, _ content: ValueDictionary = [:], over channel: Channel = .shell,
    subshell: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (reply: Message, published: [Message]) {
    let id = send(type, content, over: channel, subshell: subshell)
    let reply = try #require(self.reply(to: id, over: channel), sourceLocation: sourceLocation)
    return (reply, published(of: id))
  }

  func run(
    _ code: String, _ options: ValueDictionary = [:], subshell: String? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (reply: Message, published: [Message]) {
    let id = execute(code, options, subshell: subshell)
    let reply = try #require(self.reply(to: id), sourceLocation: sourceLocation)
    return (reply, published(of: id))
  }
}
