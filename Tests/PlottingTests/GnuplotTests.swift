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
      panels: [
        Panel("loss", x: Axis("epoch", isWhole: true), y: Axis("loss"), .curves([loss])),
        Panel("dice", .curves([dice])),
      ])
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
    let text = try chart().text(columns: 60, with: try Gnuplot.find())
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.count <= 60 })
    #expect(lines.count <= 38)
    #expect(text.contains("*"))
    // With colours it is as wide, and each line ends its own.
    let colored = try chart().text(columns: 60, colored: true, with: try Gnuplot.find())
    let plain = colored.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(plain.count == lines.count && plain.allSatisfy { $0.count <= 60 && $0.last != " " })
    #expect(
      colored.split(separator: "\n").filter { $0.contains("\u{1B}[38") }
        .allSatisfy { $0.hasSuffix("\u{1B}[0m") })
    #expect(text.contains("loss") && text.contains("dice"))
  }

  @Test(.enabled(if: isInstalled)) func drawsSlicesWithTheirLabels() throws {
    let image = try GreySlice(width: 4, height: 3, values: (0..<12).map(Float.init))
    var labels = [UInt8](repeating: 0, count: 12)
    labels[5] = 1
    let picture = SlicePicture(
      "case 1",
      panes: [SlicePane("image", image: image), SlicePane("truth", image: image, labels: labels)])
    let bytes = try picture.png(with: Gnuplot.find())
    #expect(Array(bytes.prefix(4)) == [0x89, 0x50, 0x4e, 0x47])
    #expect(
      String(decoding: try picture.svg(with: Gnuplot.find()), as: UTF8.self).contains("<image"))
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
        try SpawnedProcess.run("/bin/sleep", ["60"], input: [], timeout: 0.2)
      }
    }
    #expect(taken < .seconds(20))
  }

  /// One that closes its outputs and stays is not waited for either.
  @Test func aProgramThatLingersIsStopped() throws {
    let clock = ContinuousClock()
    let taken = try clock.measure {
      let answer = try SpawnedProcess.run(
        "/bin/sh", ["-c", "echo x; exec >&- 2>&-; sleep 60"], input: [], timeout: 20)
      #expect(answer.output == Array("x\n".utf8) && answer.status == 128 + SIGKILL)
    }
    #expect(taken < .seconds(15))
  }

  @Test func aProgramThatReadsNothingDoesNotBlockOrKill() throws {
    let input = [UInt8](repeating: 65, count: 1_000_000)
    #expect(try SpawnedProcess.run("/bin/true", input: input, timeout: 20).status == 0)
    let echoed = try SpawnedProcess.run("/bin/cat", input: input, timeout: 20)
    #expect(echoed.output.count == 1_000_000)
  }

  @Test func aMissingProgramIsToldWithTheLineThatInstallsIt() {
    #expect(SpawnedProcess.find("gnuplot", path: "/nowhere:/dev/null") == nil)
    #expect(throws: Fault.self) {
      try chart().render(
        as: .svg(width: 100, height: 100), with: Gnuplot(executable: "/nowhere/gnuplot"))
    }
    #expect(Gnuplot.remedy.contains("apt-get install"))
  }

  @Test(.enabled(if: isInstalled), arguments: PlotKindSample.all)
  func everyKindIsDrawnInEveryForm(sample: PlotKindSample) throws {
    let gnuplot = try Gnuplot.find()
    for theme in Theme.allCases {
      let bytes = try sample.chart.png(theme: theme, with: gnuplot)
      #expect(bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) && bytes.count > 2000)
    }
    let size = sample.chart.size
    let format = PictureFormat.pdf(width: size.width, height: size.height)
    #expect(try sample.chart.render(as: format, with: gnuplot).starts(with: Array("%PDF".utf8)))
    #expect(try sample.chart.svg(with: gnuplot) == sample.chart.svg(with: gnuplot))
    #expect(try !sample.chart.text(with: gnuplot).isEmpty)
  }

  /// An SVG follows the page around it, unless it was told what to be.
  @Test(.enabled(if: isInstalled)) func anSVGHasBothThemes() throws {
    let gnuplot = try Gnuplot.find()
    let both = String(decoding: try chart().svg(with: gnuplot), as: UTF8.self)
    #expect(both.contains("@media (prefers-color-scheme:dark)"))
    #expect(both.contains(".etude [fill='#ffffff']{fill:\(Look.dark.page)}"))
    #expect(both.contains(".etude [stroke='rgb(  0, 114, 178)']{stroke:\(Look.dark.lines[0])}"))
    #expect(both.contains("font-family=\"DejaVu Sans, Verdana,"))
    for theme in Theme.allCases {
      let one = String(decoding: try chart().svg(theme: theme, with: gnuplot), as: UTF8.self)
      #expect(!one.contains("@media") && one.contains("fill=\"\(Look.of(theme).page)\""))
    }
  }

  @Test(.enabled(if: isInstalled)) func ofAMillionPointsThoseThatCanBeSeenAreDrawn() throws {
    let series = Series("loss", y: (0..<1_000_000).map { 1 / Double($0 + 1) })
    let chart = Chart(panels: [Panel("", .curves([series], smoothing: 0.9))])
    let bytes = try chart.svg(with: Gnuplot.find())
    #expect(bytes.count > 10_000 && bytes.count < 500_000)
  }

  @Test func onlyPictureEndingsAreWritten() {
    #expect(throws: Fault.self) {
      try chart().write(to: "/tmp/curves.txt", with: Gnuplot(executable: "/bin/true"))
    }
  }

  @Test(.enabled(if: isInstalled)) func aFileThatCannotBeWrittenIsAFault() throws {
    let gnuplot = try Gnuplot.find()
    let fault = #expect(throws: Fault.self) {
      try chart().write(to: "/nowhere/curves.svg", with: gnuplot)
    }
    #expect(fault?.kind == .file && fault?.message.contains("/nowhere/curves.svg") == true)
  }

  /// A picture that does not fit leaves what was there before.
  @Test func aFullDiskLeavesNoHalf() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-full-\(UUID().uuidString).svg").path
    try PictureFile.write(Array("old".utf8), to: file)
    defer { try? FileManager.default.removeItem(atPath: file) }
    // What is written beside the name goes where nothing has room.
    let partial = "\(file).part-\(getpid())"
    try FileManager.default.createSymbolicLink(atPath: partial, withDestinationPath: "/dev/full")
    let fault = #expect(throws: Fault.self) {
      try PictureFile.write([UInt8](repeating: 0, count: 100_000), to: file)
    }
    #expect(fault?.message == "cannot write '\(file)': No space left on device")
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "old")
    #expect(!FileManager.default.fileExists(atPath: partial))
  }
}

/// One chart of each kind.
struct PlotKindSample: Sendable, CustomTestStringConvertible {
  let name: String
  let chart: Chart

  var testDescription: String { name }

  static let all: [PlotKindSample] = {
    let line = Series("größe", y: [0.9, 0.5, .nan, 0.2])
    let boxes = BoxGroup("run 1", boxes: [Box("spleen", values: [0.8, 0.9, 0.95, 0.2])])
    let matrix = ClassMatrix(classes: ["background", "spleen"], counts: [[90, 10], [1, 3]])
    var all = [
      ("curves", Panel("a", .curves([line, Series("b", y: [1])]))),
      (
        "log",
        Panel("a", x: Axis("lr", isLogarithmic: true), .curves([line]), mark: Mark("m", x: 2))
      ),
      ("smooth", Panel("", .curves([line], smoothing: 0.5))),
      ("boxes", Panel("Dice", .boxes([boxes, BoxGroup("run 2", boxes: boxes.boxes)]))),
      ("matrix", Panel("voxels", .matrix(matrix))),
    ].map { PlotKindSample(name: $0, chart: Chart(panels: [$1])) }
    if let histogram = try? Histogram([("x", [1, 2.5, 3]), ("y", [2, 2, 7])]) {  // has numbers
      all.append(
        PlotKindSample(
          name: "histogram",
          chart: Chart(panels: [Panel(y: Axis(isLogarithmic: true), .histogram(histogram))])))
    }
    return all
  }()
}
