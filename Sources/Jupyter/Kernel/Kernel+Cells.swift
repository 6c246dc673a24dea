import Components
import Session

/// Running cells.
extension Kernel {
  /// On the session's thread.
  func run(_ cell: WaitingCell) {
    let request = cell.request
    publisher.begin(request.headerFrame, isCell: true)
    defer { publisher.end(request.headerFrame, isCell: true) }
    var content = perform(request, in: cell.shell) { running in
      stage.cell = running
      try session.runCell(
        request.text("code") ?? "", name: "cell \(running.count)", isCounted: running.isCounted)
    }
    if content["status"] == .string("ok") {
      content["user_expressions"] = .dict(expressions(request))
    }
    stage.cell = nil
    let isInterrupted = session.cancellation.isRequested
    let stops =
      isInterrupted || content["status"] != .string("ok") && request.flag("stop_on_error", true)
    // Cells that come after the client knows are meant to run.
    let given = stops ? cells.remove { _ in true } : []
    if isInterrupted { session.cancellation.reset() }
    reply(request, content)
    giveUp(given)
  }

  /// Counts a cell, runs it and publishes what was wrong.
  ///
  /// - Returns: The reply.
  func perform(
    _ request: Request, in shell: Shell, _ work: (RunningCell) throws -> Void
  ) -> ValueDictionary {
    let code = request.text("code") ?? ""
    let isSilent = request.flag("silent", false)
    let isCounted =
      !isSilent && request.flag("store_history", true) && !code.allSatisfy(\.isWhitespace)
    let count = isCounted ? shell.begin(code) : shell.count
    let running = RunningCell(
      request, count: count, isCounted: isCounted, isSilent: isSilent, publisher: publisher)
    if !isSilent {
      publisher.publish(
        "execute_input", ["code": .string(code), "execution_count": .int(count)],
        of: request.headerFrame)
    }
    var content: ValueDictionary = ["status": .string("ok")]
    do { try work(running) } catch {
      let error = CellError(error)
      running.hear(.error(error))
      content = error.reply
    }
    content["execution_count"] = .int(count)
    content["payload"] = running.payload
    content["user_expressions"] = .dict([:])
    return content
  }

  /// Answers cells that were waiting when one before them failed.
  private func giveUp(_ cells: [WaitingCell]) {
    for cell in cells {
      publisher.begin(cell.request.headerFrame)
      reply(
        cell.request,
        [
          "status": .string("error"), "ename": .string("Aborted"),
          "evalue": .string("not run: a cell before it failed"), "traceback": .list([]),
          "execution_count": .int(cell.shell.count), "payload": .list([]),
          "user_expressions": .dict([:]),
        ])
      publisher.end(cell.request.headerFrame)
    }
    if !cells.isEmpty { release(cells.count) }
  }

  /// What the client wants to know after the cell, each with its value or what was wrong with it.
  private func expressions(_ request: Request) -> ValueDictionary {
    guard case .dict(let wanted)? = request.content["user_expressions"] else { return [:] }
    return ValueDictionary(
      wanted.map { name, expression in
        guard case .string(let text) = expression else { return (name, .none) }
        do {
          var content = try session.value(of: text, name: "<\(name)>").content
          content["status"] = .string("ok")
          return (name, .dict(content))
        } catch {
          return (name, .dict(CellError(error).reply))
        }
      })
  }
}
