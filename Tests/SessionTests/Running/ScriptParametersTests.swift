import Components
import Testing

@testable import Session

@Suite struct ScriptParametersTests {
  private func run(_ script: String, _ parameters: String...) throws -> String {
    let screen = Screen()
    let session = EtudeSession(output: screen)
    for cell in try session.prepare(script: script, name: "s.etude", parameters: parameters) {
      try session.run(cell)
    }
    return screen.text
  }

  @Test func aValueTakesThePlaceOfTheOneAssigned() throws {
    #expect(try run("n = 2\nm = n * 10\nm\n", "n=3") == "30")
    #expect(try run("x = 0.5; s = \"a\"; x; s\n", "x=2", "s=12") == "2\n'12'")
    #expect(try run("n = 1\nn = n + 1\nn\n", "n=5") == "6")
    #expect(try run("shape = [1, 2]\nshape\n", "shape=[3, 4]") == "[3, 4]")
  }

  @Test func theTaggedCellHasTheParameters() throws {
    let script = "# %% tags=[\"parameters\"]\nn = 1\n\n# %%\nother = 2\nn + other\n"
    #expect(try run(script, "n=10") == "12")
    let fault = #expect(throws: Fault.self) { try run(script, "other=3") }
    #expect(fault?.kind == .usage)
  }

  @Test func nothingRunsWithAWrongParameter() {
    let screen = Screen()
    for (word, suggestion) in [("epchs=3", "epochs"), ("epochs=two", nil), ("epochs=[1", nil)] {
      let fault = #expect(throws: Fault.self) {
        try EtudeSession(output: screen).prepare(
          script: "print(1)\nepochs = 2\n", name: "s.etude", parameters: [word])
      }
      #expect(fault?.suggestion == suggestion)
    }
    #expect(screen.text.isEmpty)
  }
}
