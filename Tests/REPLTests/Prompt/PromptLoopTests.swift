import Testing

@testable import REPL

@Suite struct PromptLoopTests {
  /// Plays the inputs, records prompts, entries, history and notes. An entry is complete when its
  /// brackets match.
  private final class Stage {
    var inputs: [LineEditor.Input]
    var prompts: [String] = []
    var entries: [String] = []
    var remembered: [String] = []
    var notes: [String] = []
    var signalStatus: Int32?
    var unsaved: String?

    init(_ inputs: [LineEditor.Input]) { self.inputs = inputs }

    func play() throws -> Int32 {
      try PromptLoop(
        .init(
          read: { prompt in
            self.prompts.append(prompt)
            return self.inputs.isEmpty ? .end : self.inputs.removeFirst()
          },
          run: { entry, name in
            let depth = entry.count { $0 == "(" } - entry.count { $0 == ")" }
            if depth > 0 { return .incomplete(open: "(") }
            self.entries.append("\(name): \(entry)")
            return entry == "fail" ? .leave(status: 7) : .done
          },
          remember: { self.remembered.append($0) }, say: { self.notes.append($0) },
          unsaved: { self.unsaved }, lastWords: { self.signalStatus }), isColored: false
      ).run()
    }
  }

  @Test func linesAreRunAndRemembered() throws {
    let stage = Stage([.line("1+1"), .line("   "), .line("2"), .end])
    #expect(try stage.play() == 0)
    #expect(stage.entries == ["cell 1: 1+1", "cell 2: 2"])
    #expect(stage.remembered == ["1+1", "2"])
  }

  @Test func anOpenBracketIsShownAndTheEntryIsOne() throws {
    let stage = Stage([.line("f(1,"), .line(""), .line("2)"), .line("3")])
    #expect(try stage.play() == 0)
    #expect(stage.prompts == ["etude> ", "    (> ", "    (> ", "etude> ", "etude> "])
    #expect(stage.entries == ["cell 1: f(1,\n\n2)", "cell 2: 3"])
    #expect(stage.remembered.first == "f(1,\n\n2)")
  }

  @Test func interruptClearsWhatWasBegun() throws {
    let stage = Stage([
      .line("f("), .interrupted(lineWasEmpty: true), .interrupted(lineWasEmpty: false), .line("1"),
    ])
    #expect(try stage.play() == 0)
    #expect(stage.entries == ["cell 1: 1"])
  }

  @Test func twoInterruptsOnAnEmptyPromptLeave() throws {
    let stage = Stage([.interrupted(lineWasEmpty: true), .interrupted(lineWasEmpty: true)])
    #expect(try stage.play() == 130)
    #expect(stage.notes.contains("Ctrl-D leaves, and so does Ctrl-C once more"))
    let apart = Stage([
      .interrupted(lineWasEmpty: true), .line("1"), .interrupted(lineWasEmpty: true), .end,
    ])
    #expect(try apart.play() == 0)
  }

  @Test func theEndOfInputDropsAnEntryFirst() throws {
    let stage = Stage([.line("f("), .end, .line("1"), .end])
    #expect(try stage.play() == 0)
    #expect(stage.entries == ["cell 1: 1"])
  }

  @Test(arguments: ["exit", "quit()", " exit "])
  func wordsThatLeave(word: String) throws {
    let stage = Stage([.line(word), .line("never")])
    #expect(try stage.play() == 0)
    #expect(stage.entries.isEmpty)
  }

  @Test func anotherSignalEndsTheLoopWithItsStatus() throws {
    let stage = Stage([.interrupted(lineWasEmpty: true), .line("never")])
    stage.signalStatus = 143
    #expect(try stage.play() == 143)
    #expect(stage.entries.isEmpty)
  }

  @Test func whatWouldBeLostIsSaidOnce() throws {
    let stage = Stage([.end, .line("1"), .end, .end, .line("never")])
    stage.unsaved = "weights are in no file"
    #expect(try stage.play() == 0)
    #expect(stage.entries == ["cell 1: 1"])
    #expect(stage.notes.count { $0.contains("weights are in no file; Ctrl-D again") } == 2)
    let exit = Stage([.line("exit"), .line("exit"), .line("never")])
    exit.unsaved = "weights are in no file"
    #expect(try exit.play() == 0)
    #expect(exit.entries.isEmpty)
  }

  @Test func anEntryMayLeave() throws {
    #expect(try Stage([.line("fail"), .line("never")]).play() == 7)
  }
}
