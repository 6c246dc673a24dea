import Components
import Session
import Synchronization

/// A cell at work: where what it says goes.
final class RunningCell: Sendable {
  let request: Request
  /// Its number.
  let count: Int
  /// It has a number of its own and a place in the history.
  let isCounted: Bool
  /// Clients hear nothing of it.
  let isSilent: Bool
  private let publisher: Publisher
  private let pages = Mutex<[String]>([])

  init(
    _ request: Request, count: Int, isCounted: Bool, isSilent: Bool, publisher: Publisher
  ) {
    (self.request, self.count, self.isSilent) = (request, count, isSilent)
    (self.isCounted, self.publisher) = (isCounted, publisher)
  }

  func hear(_ output: CellOutput) {
    if !isSilent { publisher.publish(output, of: request.headerFrame, count: count) }
  }

  /// Takes away what was shown.
  func clear() {
    if isSilent { return }
    publisher.publish("clear_output", ["wait": .bool(false)], of: request.headerFrame)
  }

  /// Has a text shown in the client's pager, which takes it from the reply.
  func page(_ text: String) { pages.withLock { $0.append(text) } }

  var payload: Value {
    .list(
      pages.withLock { $0 }.map { text in
        .dict([
          "source": .string("page"), "data": .dict(RichOutput(text).mimeBundle), "start": .int(0),
        ])
      })
  }
}
