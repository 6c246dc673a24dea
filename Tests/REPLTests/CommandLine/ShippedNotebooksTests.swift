import Foundation
import Testing

/// The notebooks of `notebooks/` run with nobody at them, on data they make, and end in a picture.
@Suite(.serialized) struct ShippedNotebooksTests {
  private static let names: [String] = {
    let folder = Program.root.appendingPathComponent("notebooks").path
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return all.filter { $0.hasSuffix(".etude") }.sorted()
  }()

  /// The notebooks and the example, in a folder of their own.
  private func makeFolder() throws -> ProgramFolder {
    let folder = try ProgramFolder()
    for part in ["notebooks", "examples/spleen/config"] {
      let copy = folder.url.appendingPathComponent(part)
      try FileManager.default.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: Program.root.appendingPathComponent(part), to: copy)
    }
    return folder
  }

  @Test(arguments: names) func itRuns(name: String) throws {
    let folder = try makeFolder()
    func run(_ out: String) throws -> String {
      let result = try Program.run(
        ["run", "notebooks/\(name)", "--out", "\(out).ipynb", "--html", "\(out).html"],
        in: folder.url)
      #expect(result.status == 0, "\(result.errors)")
      return try folder.text(of: "\(out).ipynb")
    }
    let notebook = try run("a")
    let last = notebook.components(separatedBy: "\"cell_type\"").last ?? ""
    #expect(last.contains("\"image/svg+xml\"") || last.contains("\"image/png\""))
    #expect(try folder.text(of: "a.html").contains("<img"))
    #expect(try run("b") == notebook, "the same again")
    #expect(try folder.text(of: "b.html") == folder.text(of: "a.html"))
  }
}
