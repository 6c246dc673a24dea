import Components
import Engine
import Foundation
import Script
import TestSupport

@testable import Session

/// A session on the small MMAR, spoken to as at the prompt.
final class Dialogue {
  let mmar: SmallMMAR
  let session: EtudeSession
  let sink = RecordingSink()
  let cancellation: Cancellation

  /// - Parameter loads: whether the MMAR's config is loaded; otherwise the session begins empty.
  init(_ sets: String..., loads: Bool = true, sharing mmar: SmallMMAR? = nil) throws {
    self.mmar = try mmar ?? SmallMMAR()
    let cancellation = Cancellation()
    self.cancellation = cancellation
    session = EtudeSession(
      options: SessionOptions(sets: self.mmar.smallSets + sets, cancellation: cancellation),
      output: sink)
    if loads { try session.load(self.mmar.root) }
  }

  /// Runs lines and returns what was written to the result channel meanwhile.
  @discardableResult
  func type(_ text: String) throws -> String {
    let before = sink.lines(.result).count
    _ = try session.run(text, name: "<input>")
    return sink.lines(.result).dropFirst(before).joined(separator: "\n")
  }

  var notes: [String] { sink.lines(.note) }

  /// The numbers that an expression gives: `r.train_loss.y`.
  func numbers(_ expression: String) throws -> [Double] {
    let value = try value(expression)
    return (value.elements ?? [value]).compactMap { item in
      switch item {
      case .double(let number): number
      case .int(let number): Double(number)
      default: nil
      }
    }
  }

  func value(_ expression: String) throws -> Value {
    _ = try session.run("_ = \(expression)", name: "<input>")
    return try session.value(of: Node(.top, "_"))
  }

  /// Files below a folder of the MMAR, by their paths from there.
  func files(in folder: String) -> [String] {
    let files = FileManager.default.enumerator(atPath: mmar.root + "/" + folder)
    return (files?.allObjects as? [String] ?? []).sorted()
  }
}
