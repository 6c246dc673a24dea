import Components
import Session
import Synchronization

/// The session's surroundings: what it says and asks goes to the clients by way of the cell at work.
final class Stage: Sendable {
  private let present = Mutex<RunningCell?>(nil)
  private let publisher: Publisher
  private let composer: Composer
  private let exchange: Exchange
  private let cancellation: Cancellation
  private let answers = Inbox<String>()
  /// The id of the question that waits for an answer.
  private let question = Mutex<String?>(nil)

  init(publisher: Publisher, composer: Composer, exchange: Exchange, cancellation: Cancellation) {
    (self.publisher, self.composer, self.exchange) = (publisher, composer, exchange)
    self.cancellation = cancellation
  }

  var cell: RunningCell? {
    get { present.withLock { $0 } }
    set { present.withLock { $0 = newValue } }
  }

  /// Asks the client that sent the cell, and waits.
  func ask(_ prompt: String) throws(Fault) -> String {
    guard let request = cell?.request, request.flag("allow_stdin", false) else {
      throw Fault(.unsupported, "nobody can be asked here: the cell was sent without allow_stdin")
    }
    // An answer to a question that was given up is no answer to this one.
    let id = composer.nextID()
    question.withLock { $0 = id }
    defer { question.withLock { $0 = nil } }
    _ = answers.remove { _ in true }
    publisher.sendText()
    let content: ValueDictionary = ["prompt": .string(prompt), "password": .bool(false)]
    exchange.send(
      request.identities
        + composer.frames("input_request", content, parent: request.headerFrame, id: id),
      over: .stdin)
    while true {
      if let answer = answers.take(within: .milliseconds(50)) { return answer }
      if cancellation.isRequested { throw Fault(.interrupted, "interrupted") }
    }
  }

  /// - Parameter asked: The question that the client says it answers; not every client says it.
  func answer(_ text: String, to asked: String?) {
    if let asked, asked != question.withLock({ $0 }) { return }
    answers.put(text)
  }
}
