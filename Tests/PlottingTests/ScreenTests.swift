import Components
import Foundation
import TestSupport
import Testing

@testable import Plotting

/// Where pictures go, by what the environment says and what gnuplot has.
@Suite struct ScreenTests {
  private static let plain = ["dumb", "svg", "pngcairo", "sixelgd"]

  private func screen(
    _ variables: [String: String], _ terminals: [String] = plain
  ) throws -> Screen {
    try Screen(variables: { variables[$0] }, terminals: { () throws(Fault) in terminals })
  }

  @Test func withoutAnythingSpecialCharacters() throws {
    #expect(try screen(["TERM": "xterm-256color"]) == .characters)
    // Nobody asks gnuplot then.
    #expect(
      try Screen(
        variables: { _ in nil }, terminals: { () throws(Fault) in throw Fault(.state, "asked") })
        == .characters)
  }

  @Test func aWindowNeedsADisplayAndATerminalForIt() throws {
    #expect(try screen(["DISPLAY": ":0"], Self.plain + ["x11", "qt"]) == .window("qt"))
    #expect(try screen(["WAYLAND_DISPLAY": "w"], Self.plain + ["wxt"]) == .window("wxt"))
    #expect(try screen(["DISPLAY": ":0"]) == .characters, "gnuplot-nox has no windows")
    #expect(try screen(["DISPLAY": ""], ["qt"]) == .characters)
  }

  @Test func theUsersChoiceComesFirst() throws {
    let all = Self.plain + ["x11", "qt"]
    #expect(try screen(["DISPLAY": ":0", "GNUTERM": "x11"], all) == .window("x11"))
    #expect(try screen(["DISPLAY": ":0", "GNUTERM": "dumb"], all) == .characters)
    #expect(try screen(["GNUTERM": "sixelgd size 800,600"], all) == .inline("sixelgd"))
    #expect(try screen(["DISPLAY": ":0", "GNUTERM": "aqua"], all) == .window("qt"), "not there")
  }

  @Test func terminalsThatDrawSaySo() throws {
    #expect(try screen(["TERM": "foot"]) == .inline("sixelgd"))
    #expect(
      try screen(["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"]) == .inline("sixelgd"))
    #expect(try screen(["TERM": "xterm-kitty"]) == .characters, "this gnuplot has no kittycairo")
    #expect(try screen(["TERM": "xterm-kitty"], ["kittycairo"]) == .inline("kittycairo"))
  }
}

/// A window is a gnuplot that stays; what can go wrong with it, tried on programs that are none.
@Suite struct GnuplotWindowTests {
  private let chart = Chart(panels: [Panel("", .curves([Series("loss", y: [2, 1])]))])

  /// A program that reads lines as gnuplot does.
  private func program(_ text: String) throws -> String {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-gnuplot-\(UUID().uuidString)").path
    try ShellProgram.write(text, to: file)
    return file
  }

  private let answers = "while read -r line; do case $line in print*) echo etude-errno 0 >&2;; esac"

  @Test func onePictureAfterTheOtherGoesToOneProcess() throws {
    let log = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-log-\(UUID().uuidString)").path
    let file = try program("echo start >> \(log)\n\(answers); done")
    defer {
      try? ShellProgram.remove(file)
      try? FileManager.default.removeItem(atPath: log)
    }
    let window = GnuplotWindow(Gnuplot(executable: file), terminal: "qt")
    for _ in 0..<3 { try window.draw(chart) }
    window.close()
    #expect(try String(contentsOfFile: log, encoding: .utf8) == "start\n")
  }

  @Test func oneThatEndsIsStartedAnewTheNextTime() throws {
    let file = try program("\(answers); exit 3; done")
    defer { try? ShellProgram.remove(file) }
    let window = GnuplotWindow(Gnuplot(executable: file), terminal: "qt")
    for _ in 0..<2 {
      let fault = #expect(throws: Fault.self) { try window.draw(chart) }
      #expect(fault?.message == "gnuplot has ended")
    }
  }

  @Test func anErrorIsQuoted() throws {
    let file = try program(
      "while read -r line; do case $line in print*) echo 'no such font' >&2; "
        + "echo etude-errno 1 >&2;; esac; done")
    defer { try? ShellProgram.remove(file) }
    let fault = #expect(throws: Fault.self) {
      try GnuplotWindow(Gnuplot(executable: file), terminal: "qt").draw(chart)
    }
    #expect(fault?.got == "no such font")
  }
}
