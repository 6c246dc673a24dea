import Foundation
import Testing

/// The notebooks of `notebooks/` run with nobody at them, on data they make, and end in a picture.
@Suite(.serialized) struct ShippedNotebooksTests {
  private static let names: [String] = {
    let folder = Program.root.appendingPathComponent("notebooks").path
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return all.filter { $0.hasSuffix(".etude") }.sorted()
  }()

  /// The notebooks and the example as they are shipped, in a folder of their own: what an earlier run
  /// left beside them stays away.
  private func makeFolder() throws -> ProgramFolder {
    let folder = try ProgramFolder()
    for part in ["notebooks", "examples/spleen/config"] {
      let source = Program.root.appendingPathComponent(part)
      let copy = folder.url.appendingPathComponent(part)
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
      for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
      where [".etude", ".json"].contains(where: name.hasSuffix) {
        try FileManager.default.copyItem(
          at: source.appendingPathComponent(name), to: copy.appendingPathComponent(name))
      }
    }
    return folder
  }

  @Test(arguments: names) func itRuns(name: String) throws {
    func run() throws -> (notebook: String, page: String) {
      let folder = try makeFolder()
      let result = try Program.run(
        ["run", "notebooks/\(name)", "--out", "out.ipynb", "--html", "out.html"], in: folder.url)
      #expect(result.status == 0, "\(result.errors)")
      return try (folder.text(of: "out.ipynb"), folder.text(of: "out.html"))
    }
    let first = try run()
    let last = first.notebook.components(separatedBy: "\"cell_type\"").last ?? ""
    #expect(last.contains("\"image/svg+xml\"") || last.contains("\"image/png\""))
    #expect(first.page.contains("<img"))
    let again = try run()
    #expect(again.notebook == first.notebook)
    #expect(again.page == first.page)
  }
}
