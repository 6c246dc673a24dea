import Components
import Session
import Signals
import Synchronization

/// A further thread that answers while a cell is at work (JEP 91). Cells that only look at the session
/// are answered there; all others wait for the session's thread.
final class Subshell: Sendable {
  let shell: Shell
  let requests = Inbox<Request>()

  init(history: KernelHistory) { shell = Shell(history: history) }
}

extension Kernel {
  /// - Returns: The name of a new one.
  func makeSubshell() -> String {
    let name = RandomName.make()
    let subshell = Subshell(history: history)
    subshells.withLock { $0[name] = subshell }
    BackgroundThread.start { [self] in
      while let request = subshell.requests.take() { work(on: request, in: subshell) }
    }
    return name
  }

  func deleteSubshell(_ name: String) -> ValueDictionary {
    guard let subshell = subshells.withLock({ $0.removeValue(forKey: name) }) else {
      return unknown(name).reply
    }
    subshell.requests.close()
    return ["status": .string("ok")]
  }

  func hand(_ request: Request, to name: String) {
    if let subshell = subshells.withLock({ $0[name] }) { return subshell.requests.put(request) }
    publisher.begin(request.headerFrame)
    reply(request, unknown(name).reply)
    publisher.end(request.headerFrame)
  }

  private func unknown(_ name: String) -> CellError {
    CellError(Fault(.unknownName, "no subshell is called \(name.quoted)"))
  }

  private func work(on request: Request, in subshell: Subshell) {
    guard request.type == "execute_request" else { return answer(request, for: subshell.shell) }
    let code = request.text("code") ?? ""
    guard session.onlyLooks(code) else {
      return enqueue(WaitingCell(request: request, shell: subshell.shell))
    }
    publisher.begin(request.headerFrame)
    defer { publisher.end(request.headerFrame) }
    let content = perform(request, in: subshell.shell) { running in
      let outputs = CellOutputs(keeps: false, heard: { running.hear($0) })
      let onlooker = session.onlooker(output: outputs, page: { running.page($0) })
      try onlooker.look(code, name: "cell \(running.count)")
    }
    reply(request, content)
  }
}
