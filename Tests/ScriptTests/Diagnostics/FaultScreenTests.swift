import Components
import Script
import Testing

@Suite struct FaultScreenTests {
  private let fault = Fault(
    .unknownArgument, "Adam has no argument 'lrr'", got: "0.001", wanted: "float",
    suggestion: "lr", remedy: "Adam(lr=0.001)",
    place: Place(
      source: "config_train.json", line: 12, column: 9, length: 5, lineText: "\t\t\"lrr\": 0.001,"),
    path: "train.optimizer.args.lrr", notes: ["it takes params, lr"])

  @Test func saysEverything() {
    #expect(
      FaultScreen().text(fault) == """
        error: Adam has no argument 'lrr'
          config_train.json:12:9  train.optimizer.args.lrr
          12 |   "lrr": 0.001,
             |         ^^^^^
          got 0.001, wanted float
          did you mean lr?
          try: Adam(lr=0.001)
          it takes params, lr

        """)
  }

  @Test func saysNoMoreThanItKnows() {
    #expect(
      FaultScreen().text(Fault(.state, "nothing is trained yet"))
        == "error: nothing is trained yet\n")
    #expect(
      FaultScreen().text(Fault(.state, "odd"), severity: .warning) == "warning: odd\n")
  }

  @Test func theArgumentLeadsAMessageThatDoesNotNameIt() {
    let fault = Fault(.wrongType, "wrong type", argument: ["load_dict", "model"])
    #expect(FaultScreen().text(fault) == "error: load_dict.model: wrong type\n")
  }

  @Test func cutsLongLinesAroundTheCaret() throws {
    let line = String(repeating: "a", count: 300) + "BAD" + String(repeating: "z", count: 300)
    let fault = Fault(
      .syntax, "wrong", place: Place(source: "f", line: 1, column: 301, length: 3, lineText: line))
    let lines = FaultScreen(width: 60).text(fault).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 60 })
    let text = Array(lines[2])
    let caret = try #require(lines[3].firstIndex(of: "^"))
    let column = lines[3].distance(from: lines[3].startIndex, to: caret)
    #expect(String(text[column..<column + 3]) == "BAD")
  }

  @Test func wrapsWords() {
    let fault = Fault(.invalid, "a message that is longer than the screen is wide by far")
    #expect(
      FaultScreen(width: 30).text(fault) == """
        error: a message that is
          longer than the screen is
          wide by far

        """)
  }

  @Test func caretsStandBelowWideCharacters() {
    let fault = Fault(
      .syntax, "wrong",
      place: Place(source: "f", line: 1, column: 6, length: 1, lineText: "x=\"肝\"$"))
    #expect(FaultScreen().text(fault).contains("  1 | x=\"肝\"$\n    |       ^\n"))
    #expect(
      FaultScreen(isASCII: true).text(fault).contains("  1 | x=\"?\"$\n    |      ^\n"))
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    let text = FaultScreen().text(
      Fault(
        .syntax, "got \u{1B}[2Jx",
        place: Place(source: "f", line: 1, column: 1, lineText: "\u{1B}]0;x")))
    #expect(!text.contains("\u{1B}"))
  }

  @Test func asciiScreensShowASCII() {
    let fault = Fault(.invalid, "12 → 13 … É")
    #expect(FaultScreen(isASCII: true).text(fault) == "error: 12 -> 13 ... E\n")
  }

  @Test func colourIsTheCallersChoice() {
    let text = FaultScreen(hasColor: true).text(Fault(.state, "odd"))
    #expect(text == "\u{1B}[1;31merror\u{1B}[0m: odd\n")
  }

  @Test func oneLineOfJSONHasEveryKey() {
    #expect(
      FaultRecord.json(.error(fault))
        == #"{"severity":"error","code":"unknown-argument","file":"config_train.json","line":12,"#
        + #""column":9,"path":"train.optimizer.args.lrr","message":"Adam has no argument 'lrr'","#
        + #""got":"0.001","wanted":"float","suggestion":"lr"}"#)
    #expect(
      FaultRecord.json(.note(Fault(.state, "a \"b\"\n")))
        == #"{"severity":"note","code":"state","file":null,"line":null,"column":null,"path":null,"#
        + #""message":"a \"b\"\n","got":null,"wanted":null,"suggestion":null}"#)
  }
}
