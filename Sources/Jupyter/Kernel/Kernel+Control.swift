import CSignals
import Components
import Glibc

/// What is answered at once, whatever a cell does: on the thread of the exchange.
extension Kernel {
  func control(_ request: Request) {
    publisher.begin(request.headerFrame)
    defer { publisher.end(request.headerFrame) }
    switch request.type {
    case "kernel_info_request": reply(request, KernelInfo.content(version: options.version))
    case "interrupt_request":
      interrupt()
      reply(request, ["status": .string("ok")])
    case "shutdown_request":
      let content: ValueDictionary = [
        "status": .string("ok"), "restart": .bool(request.flag("restart", false)),
      ]
      reply(request, content)
      publisher.publish("shutdown_reply", content, of: request.headerFrame)
      end()
    case "create_subshell_request":
      reply(request, ["status": .string("ok"), "subshell_id": .string(makeSubshell())])
    case "delete_subshell_request":
      reply(request, deleteSubshell(request.text("subshell_id") ?? ""))
    case "list_subshell_request":
      let names = subshells.withLock { $0.keys.sorted() }
      reply(request, ["status": .string("ok"), "subshell_id": .list(names.map { .string($0) })])
    default: options.complain("no answer to \(request.type.quoted) on control")
    }
  }

  /// Ctrl-C stops the cell, everything else the kernel.
  func hear(signal: Int32) { if signal == SIGINT { interrupt() } else { end() } }
}
