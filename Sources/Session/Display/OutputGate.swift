import Components
import Synchronization

/// Where a session's output goes through, so that what a statement writes can be collected.
public final class OutputGate: OutputSink {
  private let sink: any OutputSink
  private let collected = Mutex<[String]?>(nil)

  init(_ sink: any OutputSink) { self.sink = sink }

  public var isLive: Bool { sink.isLive }

  public func write(_ text: String, to channel: OutputChannel) {
    let isCollected = collected.withLock { lines in
      guard channel == .result, lines != nil else { return false }
      lines?.append(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      return true
    }
    if !isCollected { sink.write(text, to: channel) }
  }

  /// What `work` writes as results, in place of writing it.
  func collecting(_ work: () throws -> Void) rethrows -> String {
    collected.withLock { $0 = [] }
    defer { collected.withLock { $0 = nil } }
    try work()
    return collected.withLock { $0 ?? [] }.joined(separator: "\n")
  }
}
