import Components
import Testing

@testable import Plotting

@Suite struct ChartScriptTests {
  private let losses = Series("train_loss", x: [1, 2, 3, 4], y: [0.9, 0.5, .nan, 0.25])
  private let svg = PictureFormat.svg(width: 900, height: 420)

  private func script(
    _ chart: Chart, _ format: PictureFormat? = nil, theme: Theme? = nil
  ) throws -> String {
    try ChartScript(chart: chart, format: format ?? svg, theme: theme).text()
  }

  private func panel(
    _ series: Series..., x: Axis = Axis(), y: Axis = Axis(), smoothing: Double = 0
  ) -> Panel {
    Panel(x: x, y: y, .curves(series, smoothing: smoothing))
  }

  @Test func oneLineAsSVGIsThisScript() throws {
    let chart = Chart(
      "run 3", panels: [panel(losses, x: Axis("iteration", isWhole: true), y: Axis("loss"))])
    #expect(
      try script(chart) == """
        reset
        set encoding utf8
        set terminal svg size 900,420 noenhanced font 'DejaVu Sans,13' background '#ffffff'
        set border 3 linecolor '#8c8c8c' linewidth 1
        set tics nomirror scale 0.6 textcolor '#222222'
        set grid linetype 1 linecolor '#e4e4e4' linewidth 1
        set key bmargin center horizontal Left reverse noenhanced samplen 4 textcolor '#222222'
        set rmargin 4
        $p0_0 << EOD
        1.0 0.9
        2.0 0.5
        3.0 NaN
        4.0 0.25
        EOD
        set title "run 3" font ',15' textcolor '#222222'
        set xlabel "iteration" offset 0,0.6 textcolor '#222222'
        unset logscale x
        set format x '%g'
        set autoscale x
        set ylabel "loss" textcolor '#222222'
        unset logscale y
        set format y '%g'
        set autoscale y
        unset key
        set xrange [1.0:4.0]
        set xtics 1
        plot $p0_0 using 1:2 with linespoints linetype 1 linewidth 2 linecolor '#0072b2' \
        pointtype 7 pointsize 0.5 title "train_loss"

        """)
  }

  @Test func textHasNoFrameAndNoColours() throws {
    let chart = Chart(panels: [panel(losses, Series("other", y: [1, 2]))])
    let text = try script(chart, .text(columns: 70, rows: 15, colored: false))
    #expect(text.contains("set terminal dumb size 70,15 noenhanced mono\n"))
    #expect(text.contains("set key bmargin center horizontal width 3\n"))
    #expect(!text.contains("linecolor"))
    let colored = try script(chart, .text(columns: 70, rows: 15, colored: true))
    #expect(colored.contains("dumb size 70,15 noenhanced ansi256") && colored.contains("linecolor"))
  }

  /// Words right of a mark near the right edge would leave the picture.
  @Test func aMarkFarRightHasItsWordsOnTheLeft() throws {
    func marked(_ x: Double) throws -> String {
      try script(
        Chart(panels: [
          Panel(x: Axis("x"), y: Axis("y"), .curves([losses]), mark: Mark("here", x: x))
        ]))
    }
    #expect(try marked(1).contains("graph 0.97 offset 0.7,0"))
    #expect(try marked(3.9).contains("graph 0.97 right offset -0.7,0"))
  }

  @Test func onlyAllIsAHundredPerCent() {
    let shares = [1, 0.9999, 0.9994, 0.5, 0.0004, 0]
    #expect(
      shares.map(PanelScript.percent) == [
        "100.0 %", ">99.9 %", "99.9 %", "50.0 %", "<0.1 %", "0.0 %",
      ])
  }

  @Test func whatStandsOnTheRampIsReadable() {
    for look in [Look.light, .dark] {
      for level in 0...10 { #expect(look.contrast(onLevel: level) >= 4, "level \(level)") }
    }
  }

  /// The key below begins where the label of the axis ends.
  @Test func aKeyHasALineBetweenItAndTheLabel() throws {
    let text = try script(
      Chart(panels: [panel(losses, Series("other", y: [1, 2]), x: Axis("iteration"))]))
    #expect(text.contains("set xlabel \"iteration\".\"\\n \""))
  }

  @Test func severalPanelsShareOneTitle() throws {
    let panels = ["a", "b", "c", "d"].map { Panel($0, .curves([losses])) }
    let two = try script(Chart("curves", panels: Array(panels.prefix(2))))
    #expect(two.contains("set multiplot layout 2,1 title \"curves\""))
    #expect(two.hasSuffix("unset multiplot\n"))
    #expect(two.contains("$p1_0 << EOD\n"))
    #expect(two.contains("set lmargin 10\n"), "the frames begin at one place")
    let four = try script(Chart(panels: panels))
    #expect(four.contains("set multiplot layout 2,2") && !four.contains("lmargin"))
  }

  @Test func theRoomAroundBoxesShowsNothingThatCannotBe() throws {
    func drawn(_ values: [Double], _ y: Axis = Axis("Dice")) throws -> String {
      try script(
        Chart(panels: [Panel(y: y, .boxes([BoxGroup(boxes: [Box("spleen", values: values)])]))]))
    }
    #expect(try drawn([0, 0.4, 1]).contains("set yrange [0<*:*<1]\n"))
    #expect(try drawn([3, 40]).contains("set yrange [0<*:*]\n"))
    #expect(try !drawn([-1, 1]).contains("set yrange"))
    #expect(try !drawn([1, 100], Axis("mm", isLogarithmic: true)).contains("set yrange"))
  }

  @Test func moreBoxesThanColoursAreDashed() throws {
    let groups = (1...8).map { BoxGroup("run \($0)", boxes: [Box("spleen", values: [0.5])]) }
    let text = try script(Chart(panels: [Panel("", .boxes(groups))]))
    let boxes = text.split(separator: "\n").filter { $0.contains("candlesticks") }
    #expect(boxes.count == 8)
    #expect(boxes.map { $0.contains("dashtype 2") } == (1...8).map { $0 == 8 })
  }

  @Test func manySamplesAreOutlines() throws {
    func drawn(_ count: Int) throws -> String {
      let histogram = try Histogram((1...count).map { ("\($0)", [Float($0), 2, 3]) })
      return try script(Chart(panels: [Panel("", .histogram(histogram))]))
    }
    #expect(try drawn(2).contains("transparent solid") && !drawn(2).contains("histeps"))
    #expect(try drawn(3).contains("set ytics 1\n"), "there are no halves of a value")
    #expect(try drawn(3).contains("with histeps") && !drawn(3).contains("transparent solid"))
  }

  @Test func aThemeIsOtherColoursOnly() throws {
    let chart = Chart(panels: [panel(losses, Series("other", y: [1, 2]))])
    let format = PictureFormat.png(width: 800, height: 400)
    let (light, dark) = (try script(chart, format), try script(chart, format, theme: .dark))
    #expect(light != dark)
    let mapped = zip(Look.light.colors, Look.dark.colors)
      .reduce(light) { $0.replacing($1.0, with: $1.1) }
    #expect(mapped == dark)
    #expect(Set(Look.light.colors).count == Look.light.colors.count, "each role has its colour")
  }

  @Test func smoothingKeepsTheRawLinePale() throws {
    let text = try script(Chart(panels: [panel(losses, smoothing: 0.6)]))
    #expect(
      text.contains("$p0_0 using 1:2 with lines linetype 1 linewidth 1 linecolor '#800072b2'"))
    #expect(text.contains("$p0_0s using 1:2 with linespoints"))
  }

  @Test func logarithmicAxesTurnWhatTheyCannotShowIntoGaps() throws {
    let series = Series("loss", x: [0, 1, 2, 3], y: [1, 0, -1, 0.1])
    let text = try script(
      Chart(panels: [panel(series, y: Axis(isLogarithmic: true))]))
    #expect(text.contains("0.0 1.0\n1.0 NaN\n2.0 NaN\n3.0 0.1\n"))
    #expect(text.contains("set logscale y\n") && text.contains("unset logscale x\n"))
    let both = try script(
      Chart(panels: [panel(series, x: Axis(isLogarithmic: true), y: Axis(isLogarithmic: true))]))
    #expect(both.contains("0.0 NaN\n1.0 NaN\n2.0 NaN\n3.0 0.1\n"))
  }

  @Test(arguments: [(1...20, 2), (1...5, 1), (0...100, 10), (1...1000, 100)])
  func whatCountsHasWholeTics(range: ClosedRange<Int>, step: Int) throws {
    let series = Series("loss", x: range.map(Double.init), y: range.map(Double.init))
    let text = try script(Chart(panels: [panel(series, x: Axis("epoch", isWhole: true))]))
    #expect(text.contains("set xtics \(step)\n"))
  }

  @Test func oneHeightOrOnePlaceHasRoomAround() throws {
    let flat = try script(Chart(panels: [panel(Series("loss", y: [0.5, 0.5]))]))
    #expect(flat.contains("set yrange [0.45:0.55]\n"))
    let point = try script(
      Chart(panels: [panel(Series("loss", y: [0.5]), x: Axis("epoch", isWhole: true))]))
    #expect(point.contains("set xrange [0.0:2.0]\n") && point.contains("pointsize 0.9"))
  }

  @Test func nothingDrawableIsAFault() {
    let empty = Chart(panels: [panel(Series("loss", y: [.nan, .infinity]))])
    #expect(
      throws: Fault(
        .data, "nothing to plot for 'loss'", got: "2 points that cannot be drawn",
        wanted: "a number")
    ) { try script(empty) }
    #expect(
      throws: Fault(.data, "nothing to plot for 'loss'", got: "no points", wanted: "a number")
    ) { try script(Chart(panels: [panel(Series("loss", y: []))])) }
    let negative = Chart(
      panels: [panel(Series("loss", y: [-1]), y: Axis(isLogarithmic: true))])
    #expect(throws: Fault.self) { try script(negative) }
    #expect(throws: Fault(.data, "there is nothing to plot")) { try script(Chart(panels: [])) }
  }

  @Test func aSeriesWithoutPointsLeavesTheOthersTheirColours() throws {
    let text = try script(
      Chart(panels: [panel(Series("none", y: [.nan]), Series("some", y: [1, 2]))]))
    #expect(text.contains("linecolor '#d55e00'") && !text.contains("\"none\""))
  }

  @Test(arguments: [
    ("plain", "\"plain\""), ("a \"b\" c", "\"a \\\"b\\\" c\""),
    ("back\\slash", "\"back\\\\slash\""),
    ("two\nlines", "\"two lines\""), ("it's 5 % é", "\"it's 5 % é\""), ("bell\u{7}", "\"bell\""),
  ])
  func titlesAreQuoted(text: String, literal: String) {
    #expect(GnuplotText.literal(text) == literal)
  }
}
