import Testing

@testable import REPL

@Suite struct PromptTextTests {
  @Test(arguments: [("(", "    (> "), ("{", "    {> "), (":", "    :> "), ("'''", "  '''> ")])
  func furtherLinesShowWhatIsOpenAndAlign(open: String, prompt: String) {
    #expect(PromptText.next(open: open, colored: false) == prompt)
    #expect(prompt.count == PromptText.plain.count)
  }

  @Test func theColourEndsBeforeTheFinalBlank() {
    #expect(
      PromptText.first(colored: true) == "\u{1}\u{1B}[32m\u{1}etude>\u{1}\u{1B}[0m\u{1} ")
  }
}

@Suite struct HistoryFileTests {
  @Test(arguments: [
    (["HOME": "/home/ada"], "/home/ada/.local/state/etude/history"),
    (["HOME": "/home/ada", "XDG_STATE_HOME": "/state"], "/state/etude/history"),
    (["HOME": "/home/ada", "XDG_STATE_HOME": "relative"], "/home/ada/.local/state/etude/history"),
    (["HOME": "/home/ada", "ETUDE_HISTORY": "/tmp/h"], "/tmp/h"),
    (["HOME": "/home/ada", "ETUDE_HISTORY": ""], nil), ([:], nil),
  ])
  func path(variables: [String: String], expected: String?) {
    #expect(HistoryFile.path(Environment(variables)) == expected)
  }
}
