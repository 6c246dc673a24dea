import Components
import Foundation
import Testing

@testable import Session

@Suite struct ComponentReferenceTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `make docs` writes the file anew.
  @Test func theCommittedReferenceIsUpToDate() throws {
    let file = Self.root.appendingPathComponent("docs/components.md")
    let committed = try String(contentsOf: file, encoding: .utf8)
    #expect(committed == ComponentReference(.everything).markdown)
  }

  @Test func everyComponentHasASection() {
    let markdown = ComponentReference(.everything).markdown
    for type in Catalog.everything.types {
      let name = type.declaration.name
      #expect(markdown.contains("\n### \(name)\n"), "\(name)")
    }
  }

  /// A bar inside a cell would end it.
  @Test func everyRowHasFourCells() {
    for line in ComponentReference(.everything).markdown.split(separator: "\n")
    where line.hasPrefix("|") {
      let bars = line.replacing("\\|", with: "").count { $0 == "|" }
      #expect(bars == 5, "\(line)")
    }
  }
}
