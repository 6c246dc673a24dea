import Testing

@testable import REPL

@Suite struct TerminalTests {
  private func terminal(
    _ variables: [String: String], color: ColorChoice = .auto, isTerminal: Bool = true
  ) -> Terminal {
    Terminal(
      color: color, environment: Environment(variables), isInput: isTerminal, isOutput: isTerminal,
      isError: isTerminal)
  }

  @Test func coloursFollowTerminalVariableAndOption() {
    #expect(terminal(["TERM": "xterm"]).usesColor)
    #expect(!terminal(["TERM": "xterm", "NO_COLOR": "1"]).usesColor)
    #expect(terminal(["TERM": "xterm", "NO_COLOR": ""]).usesColor)
    #expect(terminal(["TERM": "xterm", "NO_COLOR": "1"], color: .always).usesColor)
    #expect(!terminal(["TERM": "xterm"], color: .never).usesColor)
    #expect(!terminal(["TERM": "dumb"]).usesColor)
    #expect(!terminal([:]).usesColor)
    #expect(!terminal(["TERM": "xterm"], isTerminal: false).usesColor)
  }

  @Test(arguments: [
    (["LANG": "C.UTF-8"], true), (["LANG": "de_DE.utf8"], true), (["LANG": "C"], false),
    ([:], false),
    (["LANG": "C.UTF-8", "LC_ALL": "C"], false), (["LC_CTYPE": "en_GB.UTF-8", "LANG": "C"], true),
    (["LC_ALL": "", "LANG": "C.UTF-8"], true),
  ])
  func theLocaleIsReadAsTheLibraryReadsIt(variables: [String: String], isUnicode: Bool) {
    #expect(terminal(variables).isUnicode == isUnicode)
  }

  @Test func onlyACapableTerminalIsLive() {
    #expect(terminal(["TERM": "xterm"]).isLive)
    #expect(!terminal(["TERM": "dumb"]).isLive)
    #expect(!terminal(["TERM": "xterm"], isTerminal: false).isLive)
  }
}
