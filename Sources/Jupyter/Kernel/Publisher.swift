import Components
import Session
import Synchronization

/// What every client hears: outputs, and whether the kernel is busy.
final class Publisher: Sendable {
  /// Text of a stream is gathered for so long, or up to so many bytes, before it is sent.
  private static let patience = Duration.milliseconds(40)
  private static let sizeLimit = 1 << 16

  private struct Message {
    var type: String
    var content: ValueDictionary
    /// The header of the request that it belongs to; nil when nobody asked.
    var parent: [UInt8]?
  }

  private struct Text: Sendable {
    var stream: CellOutput.Stream
    var text: String
    var parent: [UInt8]
    var due: ContinuousClock.Instant
  }

  private struct State: Sendable {
    /// The cell at work on the session's thread, by its header.
    var cell: [UInt8]?
    /// Displays of it that clients have, which the next state replaces.
    var live: Set<String> = []
    var waiting: Text?
  }

  private let composer: Composer
  private let exchange: Exchange
  /// Messages are sent under the lock too, so that they keep their order with text that waits.
  private let state = Mutex(State())

  init(composer: Composer, exchange: Exchange) {
    (self.composer, self.exchange) = (composer, exchange)
  }

  // MARK: Busy and idle

  /// Before anything was asked.
  func starting() { publish(Self.status("starting", nil)) }

  /// - Parameter isCell: It is the session's thread that works on it.
  func begin(_ parent: [UInt8], isCell: Bool = false) {
    state.withLock { state in
      if isCell { (state.cell, state.live) = (parent, []) }
      send(Self.status("busy", parent))
    }
  }

  func end(_ parent: [UInt8], isCell: Bool = false) {
    state.withLock { state in
      if isCell { state.cell = nil }
      sendText(&state)
      send(Self.status("idle", parent))
      // Clients show what they heard last, and a cell is still at work.
      if let cell = state.cell { send(Self.status("busy", cell)) }
    }
  }

  private static func status(_ word: String, _ parent: [UInt8]?) -> Message {
    Message(type: "status", content: ["execution_state": .string(word)], parent: parent)
  }

  /// The first message to a new subscriber, so that it knows that it will miss nothing more.
  func welcome(to topic: [UInt8]) -> [[UInt8]] {
    let subscription = String(decoding: topic, as: UTF8.self)
    return [topic]
      + composer.frames("iopub_welcome", ["subscription": .string(subscription)], parent: nil)
  }

  // MARK: Outputs

  /// - Parameter count: The number of the cell.
  func publish(_ output: CellOutput, of parent: [UInt8], count: Int) {
    switch output {
    case .stream(let stream, let text): write(text, to: stream, parent)
    case .display(let shown): publish("display_data", shown.content, of: parent)
    case .live(let id, let shown):
      let isNew = state.withLock { $0.live.insert(id).inserted }
      var content = shown.content
      content["transient"] = .dict(["display_id": .string(id)])
      publish(isNew ? "display_data" : "update_display_data", content, of: parent)
    case .result(let shown):
      var content = shown.content
      content["execution_count"] = .int(count)
      publish("execute_result", content, of: parent)
    case .error(let error): publish("error", error.content, of: parent)
    }
  }

  func publish(_ type: String, _ content: ValueDictionary, of parent: [UInt8]?) {
    publish(Message(type: type, content: content, parent: parent))
  }

  private func publish(_ message: Message) {
    state.withLock { state in
      sendText(&state)
      send(message)
    }
  }

  private func write(_ text: String, to stream: CellOutput.Stream, _ parent: [UInt8]) {
    let isFirst = state.withLock { state in
      if state.waiting?.stream != stream || state.waiting?.parent != parent { sendText(&state) }
      let isFirst = state.waiting == nil
      var waiting =
        state.waiting
        ?? Text(stream: stream, text: "", parent: parent, due: .now + Self.patience)
      state.waiting = nil
      waiting.text += text
      state.waiting = waiting
      if waiting.text.utf8.count >= Self.sizeLimit { sendText(&state) }
      return isFirst
    }
    if isFirst { exchange.ring() }
  }

  /// Sends text that has waited long enough.
  ///
  /// - Returns: In how many milliseconds more will be due; nil when nothing waits.
  func flush() -> Int? {
    state.withLock { state in
      guard let waiting = state.waiting else { return nil }
      let left = waiting.due - .now
      if left > .zero { return Int(left / .milliseconds(1)) + 1 }
      sendText(&state)
      return nil
    }
  }

  /// Sends text that waits, however short its wait was.
  func sendText() { state.withLock { sendText(&$0) } }

  // MARK: Sending, under the lock

  private func sendText(_ state: inout State) {
    guard let waiting = state.waiting else { return }
    state.waiting = nil
    send(
      Message(
        type: "stream",
        content: ["name": .string(waiting.stream.rawValue), "text": .string(waiting.text)],
        parent: waiting.parent))
  }

  private func send(_ message: Message) {
    let frames = composer.frames(message.type, message.content, parent: message.parent)
    exchange.send([Array(message.type.utf8)] + frames, over: .iopub)
  }
}
