import Components
import Foundation
import Testing

@testable import Plotting

/// Drawing with the real program; the rest of the suite needs none.
@Suite struct GnuplotTests {
  static let isInstalled = (try? Gnuplot.find()) != nil

  private func chart() -> Chart {
    let loss = Series(
      "train_loss", x: (1...50).map(Double.init), y: (1...50).map { 1 / Double($0) })
    let dice = Series("val_mean_dice", x: [5, 10], y: [0.4, 0.8])
    return Chart(
      "a \"quoted\" \\ title",
      panels: [Panel("loss", series: [loss]), Panel("dice", series: [dice])])
  }

  @Test(.enabled(if: isInstalled)) func drawsAWholeSVG() throws {
    let bytes = try chart().render(as: .svg(width: 800, height: 600), with: Gnuplot.find())
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("<?xml"))
    #expect(text.hasSuffix("</svg>\n\n") || text.hasSuffix("</svg>\n"))
    #expect(
      text.contains("a &quot;quoted&quot; \\ title") || text.contains("a \"quoted\" \\ title"))
    #expect(text.contains("#0072b2") || text.contains("rgb(  0, 114, 178)"))
    #expect(try chart().render(as: .svg(width: 800, height: 600), with: Gnuplot.find()) == bytes)
  }

  @Test(.enabled(if: isInstalled)) func drawsAPNGOfTheSizeAskedFor() throws {
    let bytes = try chart().render(as: .png(width: 320, height: 240), with: Gnuplot.find())
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    #expect(Array(bytes[16..<24]) == [0, 0, 1, 64, 0, 0, 0, 240])
  }

  @Test(.enabled(if: isInstalled)) func drawsCharactersInsideTheWidth() throws {
    let text = try chart().text(columns: 60, rows: 12, with: Gnuplot.find())
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 60 })
    #expect(lines.count <= 24)
    #expect(text.contains("*"))
    #expect(text.contains("loss") && text.contains("dice"))
  }

  @Test(.enabled(if: isInstalled)) func drawsSlicesWithTheirLabels() throws {
    let image = try GreySlice(width: 4, height: 3, values: (0..<12).map(Float.init))
    var labels = [UInt8](repeating: 0, count: 12)
    labels[5] = 1
    let picture = SlicePicture(
      "case 1",
      panes: [SlicePane("image", image: image), SlicePane("truth", image: image, labels: labels)])
    let bytes = try picture.render(with: Gnuplot.find())
    #expect(Array(bytes.prefix(4)) == [0x89, 0x50, 0x4e, 0x47])
  }

  @Test(.enabled(if: isInstalled)) func anErrorInsideGnuplotComesBack() throws {
    let gnuplot = try Gnuplot.find()
    let fault = #expect(throws: Fault.self) {
      try gnuplot.draw(Array("set terminal nonsense\n".utf8))
    }
    #expect(fault?.message == "gnuplot could not draw this")
    #expect(fault?.got?.contains("unknown or ambiguous terminal") == true)
  }

  @Test(.enabled(if: isInstalled)) func knowsItsTerminals() throws {
    let description = try Gnuplot.find().description()
    #expect(description.version.first?.isNumber == true)
    #expect(description.terminals.contains("dumb") && description.terminals.contains("svg"))
  }

  @Test func aProgramThatHangsIsStopped() {
    let clock = ContinuousClock()
    let taken = clock.measure {
      #expect(throws: Fault(.limit, "/bin/sleep did not answer within 0 s and was stopped")) {
        try ChildProcess(executable: "/bin/sleep", arguments: ["60"]).run(input: [], timeout: 0.2)
      }
    }
    #expect(taken < .seconds(20))
  }

  @Test func aProgramThatReadsNothingDoesNotBlockOrKill() throws {
    let output = try ChildProcess(executable: "/bin/true", arguments: [])
      .run(input: [UInt8](repeating: 65, count: 1_000_000), timeout: 20)
    #expect(output.status == 0)
    let echoed = try ChildProcess(executable: "/bin/cat", arguments: [])
      .run(input: [UInt8](repeating: 65, count: 1_000_000), timeout: 20)
    #expect(echoed.standardOutput.count == 1_000_000)
  }

  @Test func aMissingProgramIsToldWithTheLineThatInstallsIt() {
    #expect(ChildProcess.find("gnuplot", path: "/nowhere:/dev/null") == nil)
    #expect(throws: Fault.self) {
      try chart().render(
        as: .svg(width: 100, height: 100), with: Gnuplot(executable: "/nowhere/gnuplot"))
    }
    #expect(Gnuplot.remedy.contains("apt-get install"))
  }

  @Test func onlyPictureEndingsAreWritten() {
    #expect(throws: Fault.self) {
      try chart().write(to: "/tmp/curves.txt", with: Gnuplot(executable: "/bin/true"))
    }
  }
}
