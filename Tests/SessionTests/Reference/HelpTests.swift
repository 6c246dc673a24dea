import Components
import Foundation
import Script
import Testing

@testable import Session

@Suite(.serialized) struct HelpTests {
  /// The two examples at the end of every page parse, and mean the same.
  @Test(arguments: Catalog.everything.names)
  func examplesParseAndAgree(name: String) throws {
    let declaration = try #require(Catalog.everything[name]).declaration
    let help = ComponentHelp(declaration: declaration)
    let session = EtudeSession(output: Screen())
    func printed(_ example: String) throws -> String {
      let source = session.sources.add(name: "example", text: "x = " + example)
      let statements = try Parser.script(source, in: session.sources, names: session.names)
      guard case .assignment(_, let value)? = statements.first?.form else { return "" }
      var bindings = session.bindings
      bindings.bind(
        "x", in: .train, value, Provenance(.typed, Span(source, 0, 1)))
      return session.printer.text(try #require(bindings[.train, "x"]).expression)
    }
    #expect(try printed(help.configExample) == printed(help.typedExample))
    #expect(help.configLines.count <= 2)
    #expect(help.text().hasSuffix("typed:  " + help.typedExample))
  }

  /// Every line of every step, in order, in one session.
  @Test func theTourRuns() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let screen = Screen()
    let session = EtudeSession(output: screen)
    for (number, step) in Tour.steps.enumerated() {
      #expect(step.title.count < 30 && step.text.count < 400, "\(step.title)")
      _ = try session.run("help(\(number + 1))", name: "tour")
      for line in step.lines {
        let here = line.replacing("\"tour", with: "\"\(folder.path)/tour")
        do {
          guard case .done = try session.run(here, name: "step \(number + 1)") else {
            Issue.record("\(line) is not complete")
            continue
          }
        } catch let fault as Fault {
          Issue.record("step \(number + 1), \(line): \(fault)")
        }
      }
    }
    for text in ["1 of \(Tour.steps.count)", "0 errors", "rebuilt", "run 1: 2 epochs"] {
      #expect(screen.text.contains(text), "\(text)")
    }
  }

  @Test func pagesFitFortyColumns() throws {
    let screen = Screen()
    let session = EtudeSession(
      options: SessionOptions(display: Display(columns: { 40 })), output: screen)
    for line in ["help()", "?UNet", "?train", "?%", "help(3)"] {
      _ = try session.run(line, name: "test")
    }
    for line in screen.text.split(separator: "\n") where !isExample(line) {
      #expect(line.count <= 40, "\(line)")
    }
  }

  /// What is there to be copied is never broken.
  private func isExample(_ line: Substring) -> Bool {
    ["config: ", "typed:  ", "        \"args\"", "    "].contains { line.hasPrefix($0) }
  }

  @Test func colourIsOnlyWhereItIsAskedFor() throws {
    let plain = Screen()
    let colored = Screen()
    _ = try EtudeSession(output: plain).run("?UNet\n{\"a\": [1, None]}", name: "test")
    let options = SessionOptions(display: Display(hasColor: true))
    _ = try EtudeSession(options: options, output: colored).run(
      "?UNet\n{\"a\": [1, None]}", name: "test")
    #expect(!plain.text.contains("\u{1B}"))
    let bare = colored.text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(bare == plain.text.replacing("x", with: "x"))
    #expect(colored.text.contains("\u{1B}[36m1\u{1B}[0m"))
  }
}
