import Components
import Foundation
import Testing

@testable import Session

@Suite struct MagicTests {
  private let screen = Screen()
  private let session: EtudeSession

  init() { session = EtudeSession(output: screen) }

  @discardableResult
  private func run(_ text: String) throws -> String {
    let before = screen.text
    _ = try session.run(text, name: "cell")
    return String(screen.text.dropFirst(before.count)).trimmingCharacters(in: .newlines)
  }

  private func fault(_ text: String) -> Fault? {
    do {
      _ = try session.run(text, name: "cell")
      return nil
    } catch { return error as? Fault }
  }

  @Test func everyOneIsDeclaredAndSorted() {
    let names = Magic.all.map(\.name)
    #expect(names == names.sorted())
    #expect(Magic.all.allSatisfy { $0.help.hasSuffix(".") && !$0.help.contains("\n") })
  }

  @Test func timeShowsTheValueAndHowLongItTook() throws {
    let shown = try run("%time 6 * 7")
    #expect(shown.hasPrefix("42\ntook "))
    #expect(shown.contains("CPU"))
  }

  @Test func aWholeCellIsTimed() throws {
    guard case .incomplete(let open) = try session.run("%%time\nx = 20", name: "cell") else {
      Issue.record("a cell ends with an empty line")
      return
    }
    #expect(open == "%%")
    #expect(try run("%%time\nx = 20\nx + 1\n").hasPrefix("21\ntook "))
  }

  @Test func timeitRepeatsAndStaysSilent() throws {
    let shown = try run("%timeit -n 7 -r 2 1 + 1")
    #expect(shown.contains("a loop, best"))
    #expect(shown.hasSuffix("(2 runs of 7 loops)"))
  }

  @Test func whoListsNamesWithKindAndText() throws {
    try run("learning_rate = 2e-4\nloss = DiceLoss(softmax=True)\nname = \"spleen\"")
    let shown = try run("%who")
    #expect(shown.contains("learning_rate  float     2e-4"))
    #expect(shown.contains("train.loss     DiceLoss  DiceLoss(softmax=True)"))
    #expect(try run("%who string") == "name  string  \"spleen\"")
    #expect(fault("%who flaot")?.suggestion == "float")
  }

  @Test func historyIsWhatWasTyped() throws {
    try run("a = 1")
    try run("(a +\n 1)")
    #expect(try run("%history") == "a = 1\n(a +\n 1)")
    #expect(try run("%history -n 2").hasPrefix("2: (a +\n"))
  }

  @Test func resetForgetsAndUndoBringsBack() throws {
    try run("a = 1")
    try run("%reset")
    #expect(fault("a")?.kind == .unknownName)
    try run("undo()")
    #expect(try run("a") == "1")
  }

  @Test func filesAndFolders() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("inner"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "b = 41\nb + 1\n%pwd\n".write(
      to: folder.appendingPathComponent("s.etude"), atomically: true, encoding: .utf8)
    #expect(try run("%ls \(folder.path)") == "inner/   s.etude")
    #expect(try run("%run \(folder.path)/s.etude").hasPrefix("42\n/"))
    #expect(try run("b") == "41")
    #expect(fault("%ls \(folder.path)/inxer")?.suggestion == "inner")
  }

  @Test func linesMixWithCode() throws {
    #expect(try run("x = 5\n%who int\nx + 1\n") == "x  int  5\n6")
    #expect(try run("y = '''\n%who\n'''; len(y)") == "6")
  }

  @Test func aMisspeltOneGetsTheNearest() {
    #expect(fault("%tme 1")?.suggestion == "%time")
    #expect(fault("%load x")?.remedy == "load(…)")
    #expect(fault("%zzz")?.remedy == "?%")
    #expect(fault("%pwd now")?.kind == .usage)
  }

  @Test func scriptsRefuseWhatNeedsAReader() {
    for line in ["%who", "?UNet", "%history"] {
      let fault = #expect(throws: Fault.self) {
        try session.runScript("1\n\(line)\n", name: "s.etude")
      }
      #expect(fault?.kind == .unsupported)
      #expect(fault?.place?.line == 2)
    }
  }

  @Test func questionsAreAnsweredInEveryForm() throws {
    let page = try run("?DiceLoss")
    #expect(page.hasPrefix("DiceLoss (loss): "))
    #expect(try run("DiceLoss?") == page)
    #expect(try run("help(DiceLoss)") == page)
    #expect(try run("help(\"DiceLoss\")") == page)
    #expect(try run("??DiceLoss").contains("\"name\": \"include_background\""))
    #expect(try run("train?").hasPrefix("train(epochs=None"))
    #expect(try run("?%time").hasPrefix("%time STATEMENT"))
    #expect(fault("?DiceLos")?.suggestion == "DiceLoss")
  }

  @Test func boundNamesSayWhereTheyWereWritten() throws {
    try run("optimizer = Adam(params=[], lr=1e-3)")
    let shown = try run("train.optimizer?")
    #expect(shown.contains("train.optimizer = Adam(params=[], lr=1e-3)"))
    #expect(shown.contains("written in cell:1:"))
    #expect(try run("train.optimizer.lr?").contains("train.optimizer.lr = 1e-3"))
    #expect(try run("??optimizer").contains("\"name\": \"Adam\""))
  }
}
