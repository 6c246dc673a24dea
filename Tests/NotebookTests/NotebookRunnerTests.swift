import Components
import Session
import Synchronization
import Testing

@testable import Notebook

@Suite struct NotebookRunnerTests {
  private func runner(
    _ script: String, _ options: NotebookRunner.Options = .init(),
    cancellation: Cancellation = Cancellation()
  ) throws -> NotebookRunner {
    let outputs = CellOutputs()
    let session = EtudeSession(
      options: NotebookRunner.options(threads: nil, cancellation: cancellation), output: outputs)
    return try NotebookRunner(
      script, name: "n.etude", in: session, outputs: outputs, options: options)
  }

  private func outputs(_ script: String) throws -> [[CellOutput]] {
    let runner = try runner(script)
    try runner.run()
    return runner.notebook.cells.map(\.outputs)
  }

  @Test func onlyTheLastValueIsKept() throws {
    #expect(
      try outputs("# %%\n1\n2\n\n# %%\n3\nx = 4\n\n# %%\n5;\n\n# %%\nfor i in [1, 2]: i\n")
        == [[.result(RichOutput("2"))], [], [], []])
    #expect(
      try outputs("# %%\nprint(1)\nprint(2)\ndisplay(3)\n4\n")
        == [
          [
            .stream(.stdout, "1\n2\n"), .display(RichOutput("3")), .result(RichOutput("4")),
          ]
        ])
  }

  @Test func aFailingCellEndsTheRun() throws {
    let runner = try runner("# %%\n1\n\n# %%\n2\n\n# %%\nx = 1\n1 / 0\n\n# %%\n4\n")
    let fault = #expect(throws: Fault.self) { try runner.run() }
    #expect(fault?.place?.source == "n.etude")
    #expect(fault?.place?.line == 9)
    let cells = runner.notebook.cells
    guard case .error(let error)? = cells[2].outputs.last else { return #expect(Bool(false)) }
    #expect(error.name == "Numeric" || error.name == "Invalid")
    #expect(error.traceback.contains("n.etude:9:1"))
    #expect(cells[3].executionCount == nil)
    #expect(cells.prefix(3).map(\.executionCount) == [1, 2, 3])
  }

  @Test func errorsMayBeAllowed() throws {
    let runner = try runner("# %%\n1 / 0\n\n# %%\n4\n", .init(allowsErrors: true))
    try runner.run()
    #expect(runner.notebook.cells[1].outputs == [.result(RichOutput("4"))])
  }

  @Test func nothingRunsWhenACellDoesNotParse() {
    let fault = #expect(throws: Fault.self) {
      try runner("# %%\nprint(1)\n\n# %%\n2\n\n# %%\n3\n\n# %%\n4\n\n# %%\nx = (1,\n")
    }
    #expect(fault?.kind == .syntax)
    #expect(fault?.place?.line == 14)
  }

  @Test func parametersGetACellOfTheirOwn() throws {
    let script = "# %% tags=[\"parameters\"]\nn = 1\n\n# %%\nn + 1\n"
    let runner = try runner(script, .init(parameters: ["n=41"]))
    try runner.run()
    let cells = runner.notebook.cells
    #expect(cells.map(\.source) == ["n = 1", "n = 41", "n + 1"])
    #expect(cells[1].metadata["tags"] == .list([.string("injected-parameters")]))
    #expect(cells[2].outputs == [.result(RichOutput("42"))])
  }

  @Test func withoutATagTheTextShowsWhatRan() throws {
    let runner = try runner("# %%\nn = 1; m = 2\nn + m\n", .init(parameters: ["m=20", "n=100"]))
    try runner.run()
    #expect(runner.notebook.cells[0].source == "n = 100; m = 20\nn + m")
    #expect(runner.notebook.cells[0].outputs == [.result(RichOutput("120"))])
  }

  @Test func chosenCellsRunAndThoseThatSetParameters() throws {
    let script = "# %% tags=[\"parameters\"]\nn = 1\n\n# %%\n1 / 0\n\n# %%\nn\n\n# %%\n1 / 0\n"
    let runner = try runner(script, .init(cells: 3...3))
    try runner.run()
    #expect(runner.notebook.cells.map(\.executionCount) == [1, nil, 2, nil])
    let fault = #expect(throws: Fault.self) { try self.runner(script, .init(cells: 9...9)) }
    #expect(fault?.kind == .usage)
  }

  @Test func anInterruptEndsTheRunAlthoughErrorsAreAllowed() throws {
    let cancellation = Cancellation()
    let runner = try runner(
      "# %%\n1\n\n# %%\n2\n", .init(allowsErrors: true), cancellation: cancellation)
    let saved = Mutex(0)
    let fault = #expect(throws: Fault.self) {
      try runner.run { _ in
        if saved.withLock({
          $0 += 1; return $0
        }) == 2 {
          cancellation.request()
        }
      }
    }
    #expect(fault?.kind == .interrupted)
    guard case .error(let error)? = runner.notebook.cells[1].outputs.last else {
      return #expect(Bool(false))
    }
    #expect(error.name == "KeyboardInterrupt")
  }

  @Test func theSameAgainIsTheSameBytes() throws {
    let script = """
      # %%
      set_seed(3)
      x = randn([2, 3])
      x

      # %%
      m = UNet(spatial_dims=3, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])
      @m

      """
    func bytes() throws -> String {
      let runner = try runner(script)
      try runner.run()
      return NotebookFile.ipynb(runner.notebook)
    }
    #expect(try bytes() == bytes())
  }
}
