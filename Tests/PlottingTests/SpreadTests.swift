import Components
import Testing

@testable import Plotting

/// Boxes, histograms and confusion matrices: their numbers, and how they are written in characters.
@Suite struct SpreadTests {
  /// `numpy.quantile([1, 2, 3, 4, 10], [0.25, 0.5, 0.75])` is 2, 3, 4.
  @Test func boxesAreTukeys() {
    let box = Box("spleen", values: [10, 3, .nan, 1, 2, 4])
    #expect([0.25, 0.5, 0.75].map(box.quantile) == [2, 3, 4])
    #expect(box.whiskers == (1, 4), "10 is beyond 4 + 1.5 · 2")
    #expect(Box("few", values: [1, 2, 3, 9]).whiskers == (1, 4.5), "not within the box")
    #expect(Box("one", values: [0.5]).whiskers == (0.5, 0.5))
    #expect(Box("none", values: []).quantile(0.5).isNaN)
  }

  @Test func boxesInCharacters() throws {
    let chart = Chart(
      panels: [
        Panel(
          "Dice by class",
          .boxes([
            BoxGroup(boxes: [
              Box("spleen", values: [0, 2, 3, 4, 6]), Box("liver", values: [6, 8, 8, 9, 10]),
              Box("none", values: [.nan]),
            ])
          ]))
      ])
    #expect(
      try chart.text(columns: 63, with: Gnuplot(executable: "/nowhere")) == """
        Dice by class
        spleen  ────══│══────          3.0  (0.0 … 6.0, n=5)
        liver               ·   │══──  8.0  (6.0 … 10.0, n=5)
        none    no value
        """)
  }

  @Test func theHistogramCountsEveryNumberOnce() throws {
    let values = (0..<1000).map { Float($0) / 7 } + [.nan, .infinity]
    let histogram = try Histogram([("x", values)])
    #expect(histogram.samples[0].counts.reduce(0, +) == 1000)
    #expect(histogram.count == 1000 && histogram.missing == 2)
    #expect(10...100 ~= histogram.binCount)
  }

  @Test func fewWholeNumbersHaveABinEach() throws {
    let histogram = try Histogram([("label", [0, 0, 3, 1, 3, 3])])
    #expect(histogram.samples[0].counts == [2, 1, 0, 3])
    #expect((0..<4).map(histogram.center) == [0, 1, 2, 3])
  }

  @Test(arguments: [[5], [0.25, 0.25], [1e30, -1e30], [0, 1e-30]] as [[Float]])
  func anyNumbersHaveAHistogram(values: [Float]) throws {
    let histogram = try Histogram([("x", values)])
    #expect(histogram.samples[0].counts.reduce(0, +) == values.count)
    #expect(histogram.width > 0 && histogram.width.isFinite)
  }

  @Test func nothingToCountIsAFault() {
    #expect(throws: Fault.self) { try Histogram([("x", [])]) }
    #expect(throws: Fault.self) { try Histogram([("x", [.nan])]) }
  }

  @Test func theMatrixInCharacters() throws {
    let matrix = ClassMatrix(
      classes: ["background", "spleen", "liver"], counts: [[90, 10, 0], [1, 3, 0], [0, 0, 0]])
    let chart = Chart(panels: [Panel("voxels by class", .matrix(matrix))])
    #expect(
      try chart.text(with: Gnuplot(executable: "/nowhere")) == """
        voxels by class
        truth \\ predicted  background  spleen  liver  voxels
        background             90.0 %  10.0 %  0.0 %     100
        spleen                 25.0 %  75.0 %  0.0 %       4
        liver                       –       –      –       0
        """)
  }

  @Test func theMatrixIsDrawnByShares() throws {
    let matrix = ClassMatrix(classes: ["a", "b"], counts: [[1_234_567, 0], [5, 5]])
    let text = try ChartScript(
      chart: Chart(panels: [Panel("", .matrix(matrix))]), format: .png(width: 500, height: 500)
    ).text()
    let full = try #require(Int(Look.light.ramp[10].dropFirst(), radix: 16))
    #expect(text.contains("1.0 1.0 0.52 1.48 0.52 1.48 \(full).0\n"))
    #expect(text.contains("set label \"100.0 %\" at 1.0,1.0"))
    #expect(text.contains("set label \"1\u{2009}234\u{2009}567\" at 1.0,1.0"))
    #expect(text.contains("set yrange [2.5:0.5]"), "truth from the top")
  }
}
