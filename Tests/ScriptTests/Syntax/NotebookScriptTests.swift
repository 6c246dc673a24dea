import Components
import Script
import Testing

@Suite struct NotebookScriptTests {
  private let text = """
    #!/usr/bin/env etude

    # %% [markdown]
    # # A title
    #
    # Some text.

    # %% Setup tags=["parameters", "b"]
    x = 3

    # %%
    y = x +
    """

  @Test func cutsCells() {
    let cells = NotebookScript(text).cells
    #expect(cells.map(\.kind) == [.text, .code, .code])
    #expect(cells[0].text == "# A title\n\nSome text.")
    #expect(cells[1].title == "Setup")
    #expect(cells[1].metadata == ["tags": "[\"parameters\", \"b\"]"])
    #expect(cells[1].text == "x = 3\n\n")
  }

  @Test func placesCountFromTheStartOfTheFile() throws {
    let sources = SourceStore()
    let source = sources.add(name: "a.etude", text: text)
    let cells = NotebookScript(text).cells
    #expect(try Parser.script(source, in: sources, range: cells[1].range).count == 1)
    let fault = try #require(throws: Fault.self) {
      try Parser.script(source, in: sources, range: cells[2].range)
    }
    #expect(fault.place?.line == 12)
    #expect(fault.message == "the line ends too early")
  }

  @Test func whatStandsBeforeTheFirstMarkIsACell() {
    #expect(NotebookScript("x = 1\n# %%\ny = 2\n").cells.map(\.text) == ["x = 1\n", "y = 2\n"])
    #expect(NotebookScript("").cells.isEmpty)
    #expect(NotebookScript("x = 1").cells.count == 1)
  }

  @Test func lineEndsOfWindowsAreLineEnds() {
    let windows = NotebookScript(text.replacing("\n", with: "\r\n"))
    #expect(windows.cells.map(\.kind) == [.text, .code, .code])
    #expect(windows.cells[0].text == "# A title\n\nSome text.")
    #expect(windows.cells[1].metadata == ["tags": "[\"parameters\", \"b\"]"])
  }

  @Test(arguments: ["# %% note", "#%% note", "a = 1\r\n# %% note\r\nb = 2"])
  func aLineThatWouldBeginACellStaysInItsCell(code: String) {
    let script = NotebookScript(cells: [
      .init(kind: .code, text: code), .init(kind: .code, text: "1"),
    ])
    #expect(NotebookScript(script.text).cells.count == 2)
  }

  @Test func readsBackWhatItWrites() {
    let script = NotebookScript(text)
    let again = NotebookScript(script.text)
    #expect(again.cells.map(\.kind) == script.cells.map(\.kind))
    #expect(again.cells[0].text == script.cells[0].text)
    #expect(again.text == script.text)
  }
}
