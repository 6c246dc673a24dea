import Components
import Session
import Testing

@testable import Notebook

@Suite struct NotebookFileTests {
  private static let script = """
    # %% [markdown]
    # # A title
    #
    # Two *words*.

    # %% Numbers note="two words, [one] of them" tags=["parameters"]
    n = 2

    # %% id="of-its-own"
    n * 21

    # %% [raw]
    # kept as it is

    """

  @Test func aScriptComesBackAsItWas() throws {
    let notebook = Notebook(script: Self.script)
    #expect(notebook.cells.map(\.kind) == [.markdown, .code, .code, .raw])
    #expect(notebook.cells[1].metadata["tags"] == .list([.string("parameters")]))
    #expect(notebook.cells[1].metadata["note"] == .string("two words, [one] of them"))
    #expect(notebook.cells[2].id == "of-its-own")
    let (read, notes) = try NotebookFile.read(ipynb: NotebookFile.ipynb(notebook), name: "n.ipynb")
    #expect(read == notebook)
    #expect(notes.isEmpty)
    #expect(read.script == Self.script)
  }

  @Test func idsFollowFromTheText() {
    let twice = Notebook(script: "# %%\n1\n\n# %%\n1\n\n# %%\n2\n").cells.map(\.id)
    #expect(Set(twice).count == 3)
    #expect(twice == Notebook(script: "# %%\n1\n\n# %%\n1\n\n# %%\n2\n").cells.map(\.id))
    #expect(twice.allSatisfy(CellIdentity.isValid))
  }

  @Test func aLineThatWouldBeginACellBeginsNone() throws {
    let notebook = Notebook(cells: [
      Notebook.Cell(.code, id: "a", source: "x = 1\n# %% not a cell\nx"),
      Notebook.Cell(.markdown, id: "b", source: "%% text"),
    ])
    let back = Notebook(script: notebook.script)
    #expect(back.cells.map(\.kind) == [.code, .markdown])
    #expect(back.cells[0].source == "x = 1\n#  %% not a cell\nx")
  }

  @Test func anotherLanguageIsRefused() {
    let text = """
      {"cells": [], "metadata": {"kernelspec": {"language": "python", "name": "python3"}},
       "nbformat": 4, "nbformat_minor": 5}
      """
    let fault = #expect(throws: Fault.self) { try NotebookFile.read(ipynb: text, name: "p.ipynb") }
    #expect(fault?.got == "python")
    #expect(fault?.place?.line == 1)
  }

  @Test func whatIsLeftOutIsSaid() throws {
    let text = """
      {"cells": [{"cell_type": "code", "source": ["1\\n", "2"], "metadata": {"collapsed": true},
       "outputs": [{"output_type": "stream"}], "execution_count": 3}],
       "metadata": {"authors": []}, "nbformat": 4, "nbformat_minor": 5}
      """
    let (notebook, notes) = try NotebookFile.read(ipynb: text, name: "n.ipynb")
    #expect(notebook.cells[0].source == "1\n2")
    #expect(notebook.script == "# %% collapsed=true\n1\n2\n")
    #expect(notes == ["outputs are left out", "metadata of the notebook is left out: authors"])
  }
}
