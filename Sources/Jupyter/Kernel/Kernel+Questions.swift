import Components
import Glibc
import Session

/// Questions about the session, answered from its view: no cell has to end first.
extension Kernel {
  /// How long a question waits for the cells before it, so that it sees what short ones did.
  private static let patience = Duration.milliseconds(10)

  /// On the thread of the reading desk.
  func answer(_ request: Request) {
    if request.type != "kernel_info_request" { waitForCells() }
    answer(request, for: mainShell)
  }

  private func waitForCells() {
    let end = ContinuousClock.now + Self.patience
    while !isIdle, .now < end { usleep(500) }
  }

  /// On any thread.
  func answer(_ request: Request, for shell: Shell) {
    publisher.begin(request.headerFrame)
    defer { publisher.end(request.headerFrame) }
    if let content = content(request, shell) {
      reply(request, content)
    } else if request.type == "comm_open" {
      // Nobody here knows any target.
      publisher.publish(
        "comm_close", ["comm_id": .string(request.text("comm_id") ?? ""), "data": .dict([:])],
        of: request.headerFrame)
    } else if !["comm_msg", "comm_close"].contains(request.type) {
      options.complain("no answer to \(request.type.quoted) on shell")
    }
  }

  private func content(_ request: Request, _ shell: Shell) -> ValueDictionary? {
    let code = request.text("code") ?? ""
    let cursor = request.number("cursor_pos") ?? code.unicodeScalars.count
    switch request.type {
    case "kernel_info_request": return KernelInfo.content(version: options.version)
    case "complete_request": return session.completions(code, at: cursor).content
    case "inspect_request":
      let isDouble = request.number("detail_level") == 1
      let found = session.inspection(code, at: cursor, isDouble: isDouble)
      return [
        "status": .string("ok"), "found": .bool(found != nil),
        "data": .dict(found?.mimeBundle ?? [:]), "metadata": .dict([:]),
      ]
    case "is_complete_request": return session.completeness(of: code).content
    case "history_request": return history.content(request, present: shell.session)
    case "comm_info_request": return ["status": .string("ok"), "comms": .dict([:])]
    default: return nil
    }
  }
}

extension Completions {
  fileprivate var content: ValueDictionary {
    let types = items.map { item -> Value in
      .dict([
        "text": .string(item.text), "type": .string(item.kind.rawValue),
        "signature": .string(item.detail), "start": .int(range.lowerBound),
        "end": .int(range.upperBound),
      ])
    }
    return [
      "status": .string("ok"), "matches": .list(items.map { .string($0.text) }),
      "cursor_start": .int(range.lowerBound), "cursor_end": .int(range.upperBound),
      "metadata": .dict(["_jupyter_types_experimental": .list(types)]),
    ]
  }
}

extension Completeness {
  fileprivate var content: ValueDictionary {
    switch self {
    case .complete: ["status": .string("complete")]
    case .invalid: ["status": .string("invalid")]
    case .incomplete(let indent):
      ["status": .string("incomplete"), "indent": .string(indent)]
    }
  }
}

extension KernelHistory {
  fileprivate func content(_ request: Request, present: Int?) -> ValueDictionary {
    let entries: [Entry]
    switch request.text("hist_access_type") {
    case "range":
      entries = range(
        session: request.number("session") ?? 0, from: request.number("start") ?? 1,
        to: request.number("stop"), present: present)
    case "search":
      entries = search(
        request.text("pattern") ?? "*", count: request.number("n"),
        isUnique: request.flag("unique", false))
    default: entries = tail(request.number("n") ?? 10)
    }
    // Outputs are not kept.
    let hasOutput = request.flag("output", false)
    return [
      "status": .string("ok"),
      "history": .list(
        entries.map { entry in
          let input = Value.string(entry.input)
          return .tuple([
            .int(entry.session), .int(entry.line), hasOutput ? .tuple([input, .none]) : input,
          ])
        }),
    ]
  }
}
