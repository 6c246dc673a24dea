import Foundation
import Session
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

  private func temporary() -> HistoryFile {
    HistoryFile(
      path: FileManager.default.temporaryDirectory
        .appendingPathComponent("\(UUID().uuidString)/history").path)
  }

  @Test func entriesKeepTheirLinesAndAreThereOnce() throws {
    let file = temporary()
    defer { try? FileManager.default.removeItem(atPath: file.path) }
    let entries = ["a = 1", "(1 +\n 2)", "'\\012'", "größe", "a = 1"]
    for entry in entries { try file.append(entry) }
    #expect(file.entries() == ["(1 +\n 2)", "'\\012'", "größe", "a = 1"])
  }

  /// As two prompts write that run at once.
  @Test func twoWritersLoseNothing() async throws {
    let file = temporary()
    defer { try? FileManager.default.removeItem(atPath: file.path) }
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for entry in 0..<50 { try? file.append("writer_\(writer)\nentry_\(entry)") }
        }
      }
    }
    #expect(Set(file.entries()).count == 200)
  }

  @Test func aLongFileIsCutToTheNewest() throws {
    let file = temporary()
    defer { try? FileManager.default.removeItem(atPath: file.path) }
    try file.append("first")
    let many = (0...2 * HistoryFile.limit).map { "x\($0)\n" }.joined()
    try Data(many.utf8).write(to: URL(fileURLWithPath: file.path))
    #expect(file.entries().count == HistoryFile.limit)
    #expect(file.entries().last == "x\(2 * HistoryFile.limit)")
    let left = try String(contentsOfFile: file.path, encoding: .utf8)
    #expect(left.split(separator: "\n").count == HistoryFile.limit)
  }

  @Test func filesOfLibeditAreRead() {
    #expect(EntryFile.decoded("a\\040=\\0401\\012b") == "a = 1\nb")
  }
}
