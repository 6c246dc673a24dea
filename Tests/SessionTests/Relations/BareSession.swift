import Components
import TestSupport

@testable import Session

/// A session with nothing loaded.
final class BareSession {
  private let sink = RecordingSink()
  let session: EtudeSession
  private var cell = 0
  private var seen = 0

  init() { session = EtudeSession(output: sink) }

  /// Runs each text as a cell; returns what was written.
  @discardableResult
  func type(_ cells: String...) throws -> String {
    for text in cells {
      cell += 1
      _ = try session.run(text, name: "cell \(cell)")
    }
    defer { seen = sink.texts.count }
    return sink.texts.dropFirst(seen).joined(separator: "\n")
  }

  func fault(_ text: String) -> Fault? {
    do { try type(text) } catch { return error as? Fault }
    return nil
  }
}
