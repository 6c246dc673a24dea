import Foundation
import Glibc
import TestSupport
import Testing

@testable import REPL

/// The whole program on a real (pseudo) terminal.
@Suite(.serialized) struct InteractivePromptTests {
  private func started(
    _ variables: [String: String] = [:], columns: UInt16 = 80
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(
      ["--no-startup"], variables: variables, columns: columns)
    try terminal.expectPrompt()
    return terminal
  }

  /// A folder that is gone after the test.
  private final class Folder {
    let path: String
    init() throws {
      let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      path = url.path
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test func evaluatesAndLeavesOnControlD() throws {
    let terminal = try started()
    terminal.type("1+1\r")
    try terminal.expect("\r\n2\r\n")
    try terminal.expectPrompt()
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  /// A gnuplot that says it opens windows; `window` is what it does when asked for one.
  private func gnuplot(in folder: Folder, window: String) throws {
    let lines = """
      if [ "$1" = -persist ]; then
      \(window)
      fi
      cat > /dev/null
      echo 5.4 4
      echo dumb qt
      echo etude-errno 0 >&2
      """
    try ShellProgram.write(lines, to: folder.path + "/gnuplot")
  }

  @Test func whereThereIsADisplayPicturesGoToOneWindow() throws {
    let folder = try Folder()
    let log = folder.path + "/log"
    try gnuplot(
      in: folder,
      window: "while read -r line; do echo \"$line\" >> \(log); case $line in "
        + "print*) echo etude-errno 0 >&2;; esac; done; echo end >> \(log); exit")
    let terminal = try started(["PATH": folder.path + ":/usr/bin:/bin", "DISPLAY": ":99"])
    func plot(_ number: Int) throws {
      terminal.type("plot([3, 2, 1]); 40 + \(number)\r")
      try terminal.expect("\r\n4\(number)\r\n")
      try terminal.expectPrompt()
    }
    try plot(1)
    try plot(2)
    // Ctrl-C is for the prompt alone.
    terminal.type("\u{3}")
    try terminal.expect("Ctrl-D leaves")
    try terminal.expectPrompt()
    try plot(3)
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("set terminal qt size 900,520") } == 3)
    #expect(lines.dropLast().allSatisfy { $0 != "end" }, "one process for all")
  }

  @Test func aDisplayThatCannotBeReachedIsANote() throws {
    let folder = try Folder()
    try gnuplot(in: folder, window: "echo 'cannot open display' >&2; exit 1")
    let terminal = try started(["PATH": folder.path + ":/usr/bin:/bin", "DISPLAY": ":99"])
    terminal.type("plot({\"a\": [1, 2, 3]}, kind=\"boxes\")\r")
    try terminal.expect("n=3)")
    try terminal.expect("no window of qt: cannot open display; GNUTERM=dumb")
    try terminal.expectPrompt()
    terminal.type("1+1\r")
    try terminal.expect("\r\n2\r\n")
  }

  @Test func anErrorLeavesThePromptAlive() throws {
    let terminal = try started()
    terminal.type("nonsense_name\r")
    try terminal.expect("nonsense_name")
    try terminal.expectPrompt()
    terminal.type("1+1\r")
    try terminal.expect("\r\n2\r\n")
  }

  @Test func aLineIsAskedFor() throws {
    let terminal = try started()
    // What is typed is seen too; the question stands on a line of its own.
    terminal.type("who = input('Name? ')\r")
    try terminal.expect("\r\nName? ")
    terminal.type("größe\r")
    try terminal.expectPrompt()
    terminal.type("who\r")
    try terminal.expect("\r\n'größe'\r\n")
    try terminal.expectPrompt()
    terminal.type("input('Again? ')\r")
    try terminal.expect("\r\nAgain? ")
    terminal.type("\u{3}")
    try terminal.expect("interrupted")
    try terminal.expectPrompt()
    terminal.type("1+1\r")
    try terminal.expect("\r\n2\r\n")
  }

  @Test func anOpenBracketAsksForMore() throws {
    let terminal = try started()
    terminal.type("(1 +\r")
    try terminal.expect("    (> ")
    terminal.type("41)\r")
    try terminal.expect("\r\n42\r\n")
  }

  @Test func interruptClearsTheLineAndTwiceLeaves() throws {
    let terminal = try started()
    terminal.type("999")
    try terminal.expect("999")
    terminal.type("\u{3}")
    try terminal.expectPrompt()
    terminal.type("1+1\r")
    try terminal.expect("\r\n2\r\n")
    try terminal.expectPrompt()
    terminal.type("\u{3}")
    try terminal.expect("Ctrl-D leaves")
    try terminal.expectPrompt()
    terminal.type("\u{3}")
    #expect(try terminal.end() == 130)
  }

  @Test func aPasteOfSeveralLinesIsOneEntryAndKeepsItsLetters() throws {
    let terminal = try started()
    terminal.type("\u{1B}[200~('größe',\r  1+1)\u{1B}[201~")
    try terminal.expect("1+1)")
    terminal.type("\r")
    try terminal.expect("('größe', 2)")
  }

  @Test func lettersBeyondASCIIAreEditedUnderEveryLocale() throws {
    let terminal = try started(["LANG": "C", "LC_ALL": "C"])
    terminal.type("'grüßeX\u{7F}'\r")
    try terminal.expect("\r\n'grüße'\r\n")
  }

  @Test func historyIsKeptAcrossSessions() throws {
    let folder = try Folder()
    let file = folder.path + "/state/history"
    let first = try started(["ETUDE_HISTORY": file])
    first.type("(40 +\r")
    try first.expect("(> ")
    first.type("2)\r")
    try first.expect("\r\n42\r\n")
    try first.expectPrompt()
    first.type("\u{4}")
    #expect(try first.end() == 0)
    let second = try started(["ETUDE_HISTORY": file])
    second.type("\u{10}\r")
    try second.expect("\r\n42\r\n")
  }

  @Test func historySurvivesAHangUpAndTwoPromptsAtOnce() throws {
    let folder = try Folder()
    let variables = ["ETUDE_HISTORY": folder.path + "/history"]
    let (first, second) = (try started(variables), try started(variables))
    for (terminal, line) in [(first, "111"), (second, "222"), (first, "333"), (second, "222")] {
      terminal.type("\(line)\r")
      try terminal.expect("\r\n\(line)\r\n")
      try terminal.expectPrompt()
    }
    first.send(signal: SIGHUP)
    #expect(try first.end() == 129)
    second.send(signal: SIGKILL)
    #expect(try second.end() == 137)
    let third = try started(variables)
    for expected in ["222", "333", "111"] {
      third.type("\u{10}")
      try third.expect(expected)
    }
  }

  @Test func sigtermAtThePromptEndsWithItsStatus() throws {
    let terminal = try started()
    terminal.send(signal: SIGTERM)
    #expect(try terminal.end() == 143)
  }

  @Test func interruptStopsWhatRunsAndTheSessionGoesOn() throws {
    let terminal = try started()
    terminal.type("limits(steps=1000000000)\r")
    try terminal.expectPrompt()
    terminal.type("x = 7\r")
    try terminal.expectPrompt()
    terminal.type("print('at work'); y = len([0 for i in range(40000000)])\r")
    try terminal.expect("\r\nat work\r\n")
    terminal.type("\u{3}")
    try terminal.expectPrompt()
    terminal.type("x\r")
    try terminal.expect("\r\n7\r\n")
  }

  @Test func theTabKeyCompletesNames() throws {
    let terminal = try started()
    terminal.type("UNe\t\r")
    try terminal.expect("UNet (network): ")
  }

  @Test func argumentsOfACallAreListedWithTypeAndDefault() throws {
    let terminal = try started()
    terminal.type("loss = DiceLoss(to_onehot_y=True, smooth_\t")
    try terminal.expect("smooth_nr=  float = 1e-05")
    try terminal.expect("smooth_dr=  float = 1e-05")
    try terminal.expect("DiceLoss(to_onehot_y=True, smooth_")
    terminal.type("n\t2)\r")
    try terminal.expectPrompt()
    terminal.type("train.loss\r")
    try terminal.expect("DiceLoss(to_onehot_y=True, smooth_nr=2)")
  }

  @Test func completionLeavesTheTextRightOfTheCursorAlone() throws {
    let terminal = try started()
    terminal.type("len('ab') + 40\u{1}")  // Ctrl-A
    terminal.type("abs(ro\u{1B}[D\u{1B}[D\u{6}\u{6}und\t(")
    terminal.type("1.2)) + \r")
    try terminal.expect("\r\n43\r\n")
  }

  @Test func aPastedComponentIsBound() throws {
    let terminal = try started()
    terminal.type("\u{1B}[200~\"loss\": {\r  \"name\": \"DiceLoss\",\r  \"args\": {\r")
    terminal.type("    \"softmax\": true\r  }\r},\u{1B}[201~")
    try terminal.expect("},")
    terminal.type("\r")
    try terminal.expectPrompt()
    terminal.type("train.loss\r")
    try terminal.expect("\r\nDiceLoss(softmax=True)\r\n")
  }

  @Test func everythingFitsFortyColumns() throws {
    let terminal = try started(columns: 40)
    terminal.type("UNet(\t")
    try terminal.expect("in_channels=")
    let listing = try terminal.seen(until: "etude> ")
    #expect(listing.split(separator: "\r\n").allSatisfy { $0.count <= 40 }, "\(listing)")
    terminal.type("\u{3}")
    try terminal.expectPrompt()
    terminal.type("x = 'a long text that is wider than the terminal is' + '!'\r")
    try terminal.expectPrompt()
    terminal.type("len(x)\r")
    try terminal.expect("\r\n47\r\n")
    try terminal.expectPrompt()
    terminal.type("nonsense_name + 1\r")
    let screen = try terminal.seen(until: "etude> ").split(separator: "\r\n")
    #expect(screen.count >= 4)
    #expect(screen.allSatisfy { $0.count <= 40 }, "\(screen)")
  }

  @Test func aResizeDrawsTheLineAnew() throws {
    let terminal = try started()
    terminal.type("40 + ")
    try terminal.expect("40 + ")
    terminal.resize(columns: 50)
    try terminal.expect("\r\u{1B}[Ketude> 40 + ")
    terminal.type("2\r")
    try terminal.expect("\r\n42\r\n")
  }

  @Test func longAnswersGoThroughThePager() throws {
    let terminal = try started(["PAGER": "sed 's/^/PAGED /'"])
    terminal.type("help()\r")
    try terminal.expect("PAGED tour: ")
    try terminal.expectPrompt()
    terminal.type("?%time\r")
    try terminal.expect("\r\n%time STATEMENT")
    terminal.type("%page for i in range(40): print(i)\r")
    try terminal.expect("PAGED 39")
  }

  @Test func colourIsThereOnATerminalAndNotWithNoColor() throws {
    let colored = try PseudoTerminal(["--no-startup"], variables: ["NO_COLOR": ""])
    try colored.expect("etude>\u{1B}[0m ")
    colored.type("['a', 1]\r")
    try colored.expect("[\u{1B}[32m'a'\u{1B}[0m, \u{1B}[36m1\u{1B}[0m]")
    let plain = try started()
    plain.type("['a', 1]\r")
    try plain.expect("\r\n['a', 1]\r\n")
  }

  @Test func theStartupFileIsRunUnlessItIsSkipped() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/etude", withIntermediateDirectories: true)
    try "greeting = 'from startup'\n".write(
      toFile: folder.path + "/etude/startup.etude", atomically: true, encoding: .utf8)
    let variables = ["XDG_CONFIG_HOME": folder.path]
    let with = try PseudoTerminal([], variables: variables)
    try with.expectPrompt()
    with.type("greeting\r")
    try with.expect("\r\n'from startup'\r\n")
    let without = try started(variables)
    without.type("greeting\r")
    try without.expect("nothing is called greeting")
  }

  @Test func theLastValueHasAName() throws {
    let terminal = try started()
    terminal.type("6 * 7\r")
    try terminal.expect("\r\n42\r\n")
    terminal.type("_ + 1\r")
    try terminal.expect("\r\n43\r\n")
  }

  @Test func aScriptIsFollowedByThePromptOnRequestEvenAfterAnError() throws {
    let folder = try Folder()
    let file = folder.path + "/s.etude"
    try "#!/usr/bin/env etude\nx = 41\nnonsense_name\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    let terminal = try PseudoTerminal(["--no-startup", "-i", file])
    try terminal.expect("nonsense_name")
    try terminal.expectPrompt()
    terminal.type("x + 1\r")
    try terminal.expect("\r\n42\r\n")
    #expect(try PseudoTerminal(["--no-startup", file]).end() == 1)
  }

  /// Ctrl-C in a training, a look around, and on; then Ctrl-D asks, since no file has the weights.
  @Test func anInterruptedTrainingGoesOn() throws {
    let folder = try Folder()
    let terminal = try started()
    let lines = [
      "%cd \(folder.path)",
      "synthesize('data', n=2, shape=[32, 32, 32], val=0);",
      "pre_transforms = [LoadImaged(keys=['image', 'label']), "
        + "EnsureChannelFirstd(keys=['image', 'label']), ToTensord(keys=['image', 'label'])]",
      "dataset = CacheDataset(data=datalist('data/dataset.json'), transform=@pre_transforms)",
      "dataloader = DataLoader(dataset=@dataset, batch_size=1)",
      "model = UNet(spatial_dims=3, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])",
      "loss = DiceLoss(to_onehot_y=True, softmax=True)",
      "optimizer = Adam(params=@model.parameters(), lr=1e-3)",
      "trainer = SupervisedTrainer(max_epochs=1000000, train_data_loader=@dataloader, "
        + "network=@model, optimizer=@optimizer, loss_function=@loss)",
    ]
    for line in lines {
      terminal.type(line + "\r")
      try terminal.expect("\r\n")
      try terminal.expectPrompt()
    }
    terminal.type("r = train()\r")
    try terminal.expect("/1000000")
    terminal.type("\u{3}")
    try terminal.expect("stopping after this step")
    try terminal.expect("interrupted")
    try terminal.expectPrompt()
    terminal.type("r.interrupted, len(r.train_loss) > 0\r")
    try terminal.expect("\r\n(True, True)\r\n")
    terminal.type("'at', @trainer.state.iteration\r")
    try terminal.expect("('at', ")
    let before = try #require(Int(try terminal.seen(until: ")")))
    try terminal.expectPrompt()
    terminal.type("train(iterations=1);\r")
    try terminal.expect("run 2: ")
    try terminal.expectPrompt()
    terminal.type("@trainer.state.iteration\r")
    try terminal.expect("\r\n\(before + 1)\r\n")
    try terminal.expectPrompt()
    terminal.type("\u{4}")
    try terminal.expect("the weights of run 2 are in no file; Ctrl-D again leaves")
    try terminal.expectPrompt()
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  /// The window between showing the prompt and reading: however the keys come, none is lost.
  @Test func noInterruptIsLostRightAfterThePrompt() throws {
    let terminal = try started()
    for _ in 0..<20 {
      terminal.type("1+1\r")
      try terminal.expect("\r\n2\r\n")
      try terminal.expectPrompt()
      terminal.type("\u{3}")
      try terminal.expect("Ctrl-D leaves")
      try terminal.expectPrompt()
    }
  }
}
