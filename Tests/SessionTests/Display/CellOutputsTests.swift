import Components
import Synchronization
import Testing

@testable import Session

@Suite struct CellOutputsTests {
  @Test func neighbouringLinesAreOneStream() {
    let outputs = CellOutputs()
    outputs.write("a", to: .result)
    outputs.write("b\n", to: .result)
    outputs.write("c", to: .note)
    outputs.write("left out", to: .log)
    outputs.write("left out", to: .progress)
    outputs.write("d", to: .result)
    #expect(
      outputs.take() == [
        .stream(.stdout, "a\nb\n"), .stream(.stderr, "c\n"), .stream(.stdout, "d\n"),
      ])
    #expect(outputs.take().isEmpty)
  }

  @Test func ofALiveOutputTheLastStateStandsWhereTheFirstStood() {
    let heard = Mutex(0)
    let outputs = CellOutputs(heard: { _ in heard.withLock { $0 += 1 } })
    for state in 1...3 {
      outputs.show(RichOutput("\(state)"), as: .live(id: "x"))
      outputs.show(RichOutput("other"), as: .live(id: "y"))
    }
    outputs.show(RichOutput("v"), as: .value)
    #expect(
      outputs.take() == [
        .live(id: "x", RichOutput("3")), .live(id: "y", RichOutput("other")),
        .result(RichOutput("v")),
      ])
    #expect(heard.withLock { $0 } == 7, "each state is told")
  }

  @Test func faultsGoByTheirKind() {
    let outputs = CellOutputs()
    outputs.fail(Fault(.unknownArgument, "no such argument", remedy: "f(x=1)"))
    outputs.fail(Fault(.interrupted, "interrupted"))
    let errors = outputs.take().compactMap { output in
      if case .error(let error) = output { error } else { nil }
    }
    #expect(errors.map(\.name) == ["UnknownArgument", "KeyboardInterrupt"])
    #expect(errors[0].value == "no such argument")
    #expect(errors[0].traceback.contains("f(x=1)"))
  }

  @Test func bytesAsText() {
    let texts = [[], [102], [102, 111], [102, 111, 111], [251, 255, 254]] as [[UInt8]]
    #expect(texts.map(Base64.text) == ["", "Zg==", "Zm8=", "Zm9v", "+//+"])
  }

  /// Tables, and a training's one display, come in HTML to those who read it, and as text to a prompt.
  @Test func aTrainingIsOneDisplayAndItsTables() throws {
    let mmar = try SmallMMAR()
    let outputs = CellOutputs()
    var options = SessionOptions(sets: mmar.smallSets)
    options.display.isRepeatable = true
    let session = EtudeSession(options: options, output: outputs)
    try session.runCell("load(\"\(mmar.root)\")", name: "cell 1")
    _ = outputs.take()
    try session.runCell("r = train(2)", name: "cell 2")
    let shown = outputs.take().filter { output in
      if case .stream = output { false } else { true }
    }
    guard case .live(_, let last)? = shown.first, case .display(let run)? = shown.last else {
      Issue.record("\(shown)")
      return
    }
    #expect(shown.count == 2)
    #expect(last.html?.contains("2/2") == true)
    #expect(!last.text.contains("vol/s"), "the last state has no times")
    #expect(run.text.hasPrefix("run 1: 2 epochs, 2 iterations   train_loss"))
    #expect(run.html?.contains("<td>mean, val_mean_dice</td>") == true)
  }
}
