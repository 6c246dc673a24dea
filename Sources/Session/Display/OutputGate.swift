import Components
import Synchronization

/// Where a session's output goes through, so that what a statement writes can be collected.
public final class OutputGate: OutputSink {
  private let sink: any OutputSink
  private let state = Mutex(State())

  private struct State {
    /// Results in place of writing them; nil while nothing is collected.
    var collected: [String]?
    /// Values of single expressions are shown to nobody.
    var dropsValues = false
    /// Of a line that is not at its end.
    var part = ""
  }

  init(_ sink: any OutputSink) { self.sink = sink }

  public var isLive: Bool { sink.isLive }

  public var forms: Set<RichForm> {
    state.withLock { $0.collected != nil } ? [.text] : sink.forms
  }

  public func write(_ text: String, to channel: OutputChannel) {
    switch channel {
    case .part: state.withLock { $0.part += text }
    case .result:
      let line = takePart() + text
      if !collect(line) { sink.write(line, to: .result) }
    case .log, .note, .progress:
      if channel != .progress { endLine() }
      sink.write(text, to: channel)
    }
  }

  /// Writes what a line has so far, when it gets no more.
  func endLine() {
    let part = takePart()
    if !part.isEmpty { write(part, to: .result) }
  }

  private func takePart() -> String {
    state.withLock { state in
      defer { state.part = "" }
      return state.part
    }
  }

  public func show(_ output: RichOutput, as role: OutputRole) {
    if role == .value, state.withLock({ $0.dropsValues }) { return }
    endLine()
    if !collect(output.text) { sink.show(output, as: role) }
  }

  public func clear() { sink.clear() }

  private func collect(_ text: String) -> Bool {
    state.withLock { state in
      guard state.collected != nil else { return false }
      state.collected?.append(text.hasSuffix("\n") ? String(text.dropLast()) : text)
      return true
    }
  }

  /// What `work` writes as results, in place of writing it.
  func collecting(_ work: () throws -> Void) rethrows -> String {
    state.withLock { $0.collected = [] }
    defer { state.withLock { $0.collected = nil } }
    try work()
    endLine()
    return state.withLock { $0.collected ?? [] }.joined(separator: "\n")
  }

  /// Values of single expressions that `work` comes to are not shown.
  func withoutValues(_ work: () throws -> Void) rethrows {
    let before = state.withLock { state in
      defer { state.dropsValues = true }
      return state.dropsValues
    }
    defer { state.withLock { $0.dropsValues = before } }
    try work()
  }
}
