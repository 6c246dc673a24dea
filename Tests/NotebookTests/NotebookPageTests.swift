import Components
import Foundation
import Session
import Testing

@testable import Notebook

@Suite struct NotebookPageTests {
  private func html(_ cells: Notebook.Cell...) throws -> String {
    try NotebookPage(title: "n").html(Notebook(cells: cells))
  }

  @Test func textIsMarkdown() throws {
    let page = try html(
      Notebook.Cell(
        .markdown, id: "a",
        source:
          "# Über <b>uns</b>\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n<script>alert(1)</script>"))
    #expect(page.contains("<td><del>2</del></td>"))
    #expect(!page.contains("<script>"))
    #expect(page.contains("<title>Über &lt;b&gt;uns&lt;/b&gt;</title>"))
  }

  @Test func picturesOfTextAreInThePage() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data([1, 2, 3]).write(to: folder.appendingPathComponent("a b.png"))
    let source = "![one](<\(folder.path)/a b.png>) ![two](gone.png) ![three](https://e.org/x.png)"
    let page = try html(Notebook.Cell(.markdown, id: "a", source: source))
    #expect(page.contains("<img src=\"data:image/png;base64,AQID\" alt=\"one\""))
    #expect(page.contains("<img src=\"gone.png\" alt=\"two\""))
    #expect(page.contains("<img src=\"https://e.org/x.png\" alt=\"three\""))
  }

  @Test func codeIsColouredAndEscaped() throws {
    let page = try html(
      Notebook.Cell(.code, id: "a", source: "if a < 1: # <why>\n    x = \"<b>\"", executionCount: 3)
    )
    #expect(
      page.contains("<span class=\"t-keyword\">if</span> a &lt; <span class=\"t-number\">1</span>"))
    #expect(page.contains("<span class=\"t-comment\"># &lt;why&gt;</span>"))
    #expect(page.contains("<span class=\"t-string\">&quot;&lt;b&gt;&quot;</span>"))
    #expect(page.contains("<span class=\"count\">3</span>"))
  }

  @Test func outputsInTheirRichestForm() throws {
    let outputs: [CellOutput] = [
      .stream(.stderr, "a <note>\n"), .result(RichOutput("text", html: "<table></table>")),
      .display(RichOutput("text", svg: "<svg/>")), .display(RichOutput("text", png: [1, 2, 3])),
      .display(RichOutput("a < b")), .error(CellError(Fault(.invalid, "no such thing"))),
    ]
    let page = try html(Notebook.Cell(.code, id: "a", source: "x", outputs: outputs))
    for part in [
      "<pre class=\"stderr\">a &lt;note&gt;</pre>", "<div class=\"rich\"><table></table></div>",
      "src=\"data:image/svg+xml;base64,PHN2Zy8+\"", "src=\"data:image/png;base64,AQID\"",
      "<pre class=\"value\">a &lt; b</pre>",
      "<pre class=\"error\"><span class=\"t-red\">error</span>: no such thing</pre>",
    ] {
      #expect(page.contains(part), "\(part)")
    }
  }

  @Test func nothingIsLoadedFromElsewhere() throws {
    let page = try html(Notebook.Cell(.code, id: "a", source: "x = 1"))
    for word in ["http:", "https:", "<link", "<script", "@import", "url("] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("prefers-color-scheme: dark"))
  }
}
