import Foundation
import Glibc
import Testing

@testable import REPL

/// The whole program on a real (pseudo) terminal.
@Suite(.serialized) struct InteractivePromptTests {
  private func started(_ variables: [String: String] = [:]) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(["--no-startup"], variables: variables)
    try terminal.expectPrompt()
    return terminal
  }

  /// A signal key as a person presses it: after the prompt, which shows shortly before it is read.
  private func press(_ key: String, _ terminal: PseudoTerminal) throws {
    try terminal.expectPrompt()
    pause()
    terminal.type(key)
  }

  /// Long enough for a busy machine to get from showing the prompt to reading.
  private func pause() { usleep(1_000_000) }

  @Test func evaluatesAndLeavesOnControlD() throws {
    let terminal = try started()
    terminal.type("1+1\r")
    try terminal.expect("\r\n2\r\n")
    try terminal.expectPrompt()
    terminal.type("\u{4}")
    #expect(try terminal.end() == 0)
  }

  @Test func anErrorLeavesThePromptAlive() throws {
    let terminal = try started()
    terminal.type("nonsense_name\r")
    try terminal.expect("nonsense_name")
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
    pause()
    terminal.type("999\u{3}")
    try terminal.expectPrompt()
    terminal.type("1+1\r")
    try terminal.expect("\r\n2\r\n")
    try press("\u{3}", terminal)
    try terminal.expect("Ctrl-D leaves")
    try press("\u{3}", terminal)
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
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("state/history").path
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
    terminal.type("for i in range(10000000): y = i\r\r")
    try terminal.expect("y = i")
    pause()
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
}
