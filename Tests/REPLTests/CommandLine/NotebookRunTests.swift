import Foundation
import Glibc
import Testing

/// `etude run NB` and `etude convert` as a shell sees them.
@Suite struct NotebookRunTests {
  private static let third = "# %%\n1\n\n# %%\n2\n\n# %%\nx = 1\nx.y\n\n# %%\n4\n"

  private func run(_ folder: ProgramFolder, _ words: String...) throws -> Program.Result {
    try Program.run(["run"] + words, in: folder.url)
  }

  @Test func aFailingCellIsNamedAndTheOutputsAreWritten() throws {
    let folder = try ProgramFolder()
    try folder.write(Self.third, to: "n.etude")
    let result = try run(folder, "n.etude", "--out", "n.ipynb", "--html", "n.html")
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("cell 3 (3 of 4 to run) did not run through"))
    #expect(result.errors.contains("n.etude:9:1"))
    let notebook = try folder.text(of: "n.ipynb")
    #expect(notebook.contains("\"text/plain\": [\"2\"]"))
    #expect(notebook.contains("\"output_type\": \"error\""))
    #expect(!notebook.contains("\"text/plain\": [\"4\"]"))
    #expect(try folder.text(of: "n.html").contains("n.etude:9:1"))
  }

  @Test func allowedErrorsAreStatusZero() throws {
    let folder = try ProgramFolder()
    try folder.write(Self.third, to: "n.etude")
    let result = try run(folder, "n.etude", "--out", "n.ipynb", "--allow-errors")
    #expect(result.status == 0)
    #expect(result.errors.contains("did not run through"))
    #expect(try folder.text(of: "n.ipynb").contains("\"text/plain\": [\"4\"]"))
  }

  @Test func aParseErrorInTheFifthCellRunsNothing() throws {
    let folder = try ProgramFolder()
    try folder.write(
      "# %%\nprint(1)\n\n# %%\n2\n\n# %%\n3\n\n# %%\n4\n\n# %%\nx = (1,\n", to: "n.etude")
    let result = try run(folder, "n.etude", "--out", "n.ipynb")
    #expect(result.status == 2)
    #expect(result.errors.contains("n.etude:14:"))
    #expect(!folder.has("n.ipynb"))
    #expect(try run(folder, "n.etude").output.isEmpty)
  }

  /// Nobody sees the script that an ipynb is run as.
  @Test func inAnIpynbPlacesAreToldByCell() throws {
    let folder = try ProgramFolder()
    try folder.write("# %% [markdown]\n# Two\n# lines\n\n" + Self.third, to: "n.etude")
    #expect(try Program.run(["convert", "n.etude", "n.ipynb"], in: folder.url).status == 0)
    let failed = try run(folder, "n.ipynb", "--out", "out.ipynb")
    #expect(failed.status == 1)
    #expect(failed.errors.contains("2/4  cell 2  "))
    #expect(failed.errors.contains("n.ipynb cell 3:2:1\n"), "\(failed.errors)")
    #expect(try folder.text(of: "out.ipynb").contains("n.ipynb cell 3:2:1"))

    try folder.write(Self.third + "\n# %%\ny = 1\nx = (1,\n", to: "n.etude")
    #expect(try Program.run(["convert", "n.etude", "m.ipynb"], in: folder.url).status == 0)
    let unread = try run(folder, "m.ipynb")
    #expect(unread.status == 2)
    #expect(unread.errors.contains("m.ipynb cell 5:2:"), "\(unread.errors)")
  }

  @Test(arguments: ["%nope", "%%time 1 +", "%time", "1\n%%time 1", "%timeit -n 0 1"])
  func whatCannotRunIsFoundBeforeAnythingDoes(line: String) throws {
    let folder = try ProgramFolder()
    try folder.write("# %%\nprint(1)\n\n# %%\n\(line)\n", to: "n.etude")
    let result = try run(folder, "n.etude")
    #expect(result.status == 2 && result.output.isEmpty, "\(result)")
    #expect(result.errors.contains("n.etude:"), "\(result.errors)")
  }

  /// What an ipynb holds beside its cells comes back; values of an earlier run make room for others.
  @Test func anIpynbIsRunAsItIs() throws {
    let folder = try ProgramFolder()
    func code(_ id: String, _ metadata: String, _ source: String) -> String {
      #"{"cell_type": "code", "id": "\#(id)", "metadata": \#(metadata), "outputs": [], "#
        + #""execution_count": null, "source": "\#(source)"}"#
    }
    let cells = [
      code("a", #"{"tags": ["parameters"]}"#, "n = 1"),
      code("b", #"{"tags": ["injected-parameters"]}"#, "n = 5"),
      #"{"cell_type": "markdown", "id": "c", "metadata": {}, "source": "![](attachment:a.png)", "#
        + #""attachments": {"a.png": {"image/png": "AAAA"}}}"#,
      code("d", #"{"my key": 1}"#, #"s = '''\n# %% in\n'''\nprint(n, s)"#),
    ]
    try folder.write(
      #"{"cells": ["# + cells.joined(separator: ", ")
        + #"], "metadata": {"title": "zz"}, "nbformat": 4, "nbformat_minor": 5}"#, to: "n.ipynb")
    #expect(try run(folder, "n.ipynb").output == "5 \n# %% in\n\n")
    let result = try run(folder, "n.ipynb", "--param", "n=7", "--out", "n.ipynb")
    #expect(result.status == 0, "\(result.errors)")
    let text = try folder.text(of: "n.ipynb")
    #expect(text.contains("n = 7") && !text.contains("n = 5"))
    for kept in ["\"AAAA\"", "\"zz\"", "\"my key\"", "\"id\": \"d\"", "# %% in"] {
      #expect(text.contains(kept), "\(kept)")
    }
  }

  @Test func aNotebookIsNoScript() throws {
    let folder = try ProgramFolder()
    try folder.write("{}", to: "n.ipynb")
    for words in [["n.ipynb"], ["-c", "%run n.ipynb"], ["-c", "load('n.ipynb')"]] {
      let result = try Program.run(words, in: folder.url)
      #expect(result.status != 0 && result.errors.contains("etude run n.ipynb"), "\(words)")
    }
  }

  @Test func wrongCallsAreStatusTwo() throws {
    let folder = try ProgramFolder()
    try folder.write("# %% tags=[\"parameters\"]\nn = 1\n", to: "n.etude")
    for words in [
      ["--param", "m=1"], ["--param", "n=x"], ["--param", "n"], ["--out", "n.txt"],
      ["--html", "n.etude"],
      ["--cell", "0"],
      ["--cell", "4..2"], ["--cell", "7"],
    ] {
      #expect(try Program.run(["run", "n.etude"] + words, in: folder.url).status == 2, "\(words)")
    }
  }

  @Test func itWorksInTheNotebooksFolder() throws {
    let folder = try ProgramFolder()
    try folder.write("# %%\n%pwd\n", to: "inner/n.etude")
    #expect(try run(folder, "inner/n.etude").output.hasSuffix("/inner\n"))
    #expect(
      try run(folder, "inner/n.etude", "--cwd", ".").output.hasSuffix(
        "\(folder.url.lastPathComponent)\n"))
    let result = try run(folder, "inner/n.etude", "--out", "n.ipynb")
    #expect(result.status == 0)
    #expect(folder.has("n.ipynb"), "names of files are those of the caller")
    try folder.write("%pwd\n", to: "inner/plain.etude")
    #expect(!(try run(folder, "inner/plain.etude").output.hasSuffix("/inner\n")))
  }

  @Test func aNotebookMayUseTheCommandsOfThePrompt() throws {
    let folder = try ProgramFolder()
    try folder.write("# %%\nx = 1\n%who\n?DiceLoss\n", to: "n.etude")
    let result = try run(folder, "n.etude")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("x  int  1"))
  }

  @Test func outOfTimeIs124AndTheOutputsSoFarAreThere() throws {
    let folder = try ProgramFolder()
    try folder.write(
      "# %%\n1\n\n# %%\nx = [0 for i in range(40000000)]\n", to: "n.etude")
    let result = try run(folder, "n.etude", "--out", "n.ipynb", "--timeout", "1")
    #expect(result.status == 124)
    let notebook = try folder.text(of: "n.ipynb")
    #expect(notebook.contains("\"text/plain\": [\"1\"]"))
    #expect(notebook.contains("KeyboardInterrupt"))
  }

  @Test func anInterruptIs130() throws {
    let folder = try ProgramFolder()
    try folder.write(
      "# %%\n1\n\n# %%\nx = [0 for i in range(40000000)]\n\n# %%\n2\n", to: "n.etude")
    let result = try Program.run(
      ["run", "n.etude", "--out", "n.ipynb"], in: folder.url
    ) { process in
      // The first cell is written when the second has begun.
      let end = ContinuousClock.now + .seconds(20)
      while ContinuousClock.now < end {
        if folder.has("n.ipynb"), try folder.text(of: "n.ipynb").contains("\"text/plain\": [\"1\"]")
        {
          break
        }
        usleep(20_000)
      }
      kill(process.processIdentifier, SIGINT)
    }
    #expect(result.status == 130)
    let notebook = try folder.text(of: "n.ipynb")
    #expect(notebook.contains("KeyboardInterrupt"))
    #expect(!notebook.contains("\"text/plain\": [\"2\"]"))
  }

  @Test func convertedThereAndBackItIsTheSame() throws {
    let folder = try ProgramFolder()
    let script = "# %% [markdown]\n# # Title\n\n# %% id=\"first\" tags=[\"parameters\"]\nn = 1\n"
    try folder.write(script, to: "n.etude")
    func convert(_ words: String...) throws -> Program.Result {
      try Program.run(["convert"] + words, in: folder.url)
    }
    #expect(try convert("n.etude", "n.ipynb").status == 0)
    #expect(try convert("n.ipynb", "back.etude").status == 0)
    #expect(try folder.text(of: "back.etude") == script)
    let again = try convert("n.ipynb", "back.etude")
    #expect(again.status == 1)
    #expect(again.errors.contains("--overwrite"))
    #expect(try convert("n.etude", "m.etude").status == 2)
    #expect(try run(folder, "n.ipynb", "--out", "m.ipynb", "--param", "n=3").status == 0)
    let outcome = try convert("m.ipynb", "m.etude")
    #expect(outcome.status == 0)
    #expect(try folder.text(of: "m.etude").contains("# %% tags=[\"injected-parameters\"]\nn = 3"))
  }
}
