import Components
import Foundation
import Session
import Testing

@testable import Notebook

/// The notebooks of `notebooks/` run with nobody at them, on data they make, and end in a picture.
@Suite struct ShippedNotebooksTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let names: [String] = {
    let folder = root.appendingPathComponent("notebooks").path
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return all.filter { $0.hasSuffix(".etude") }.sorted()
  }()

  @Test func thereAreNine() {
    #expect(Self.names.count >= 9)
    for (index, name) in Self.names.enumerated() { #expect(name.hasPrefix("0\(index + 1)-")) }
  }

  @Test(arguments: names) func theScriptIsWhatItsNotebookConvertsTo(name: String) throws {
    let text = try text(of: name)
    let notebook = Notebook(script: text)
    #expect(notebook.script == text)
    #expect(try NotebookFile.read(ipynb: NotebookFile.ipynb(notebook), name: name).0 == notebook)
  }

  private func text(of name: String) throws -> String {
    try String(contentsOf: Self.root.appendingPathComponent("notebooks/\(name)"), encoding: .utf8)
  }
}
