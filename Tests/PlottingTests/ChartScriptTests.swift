import Components
import Testing

@testable import Plotting

@Suite struct ChartScriptTests {
  private let losses = Series("train_loss", x: [1, 2, 3, 4], y: [0.9, 0.5, .nan, 0.25])

  private func script(_ chart: Chart, _ format: PictureFormat) throws -> String {
    try ChartScript(chart: chart, format: format).text()
  }

  @Test func oneLineAsSVGIsThisScript() throws {
    let chart = Chart(
      "run 3", panels: [Panel(xLabel: "iteration", yLabel: "loss", series: [losses])])
    #expect(
      try script(chart, .svg(width: 900, height: 420)) == """
        reset
        set encoding utf8
        set terminal svg size 900,420 noenhanced font 'DejaVu Sans,13' background '#ffffff'
        set border 3 linecolor '#444444' linewidth 1
        set tics nomirror textcolor '#222222'
        set grid linetype 1 linecolor '#dddddd' linewidth 1
        set key outside top right horizontal Left reverse noenhanced samplen 2
        set lmargin 10
        $p0_0 << EOD
        1.0 0.9
        2.0 0.5
        3.0 NaN
        4.0 0.25
        EOD
        set title "run 3"
        set xlabel "iteration"
        set ylabel "loss"
        unset logscale y
        set xrange [1.0:4.0]
        set autoscale y
        unset key
        plot $p0_0 using 1:2 with linespoints linetype 1 linewidth 2 linecolor '#0072b2' \
        pointtype 7 pointsize 0.5 title "train_loss"

        """)
  }

  @Test func textHasNoFrameAndNoColours() throws {
    let chart = Chart(panels: [Panel(series: [losses, Series("other", y: [1, 2])])])
    let text = try script(chart, .text(columns: 70, rows: 15, colored: false))
    #expect(text.contains("set terminal dumb size 70,15 noenhanced mono\n"))
    #expect(text.contains("set key outside bottom center\n"))
    #expect(!text.contains("linecolor"))
  }

  @Test func severalPanelsShareOneTitle() throws {
    let chart = Chart(
      "curves", panels: [Panel("a", series: [losses]), Panel("b", series: [losses])])
    let text = try script(chart, .png(width: 800, height: 700))
    #expect(text.contains("set multiplot layout 2,1 title \"curves\"\n"))
    #expect(text.hasSuffix("unset multiplot\n"))
    #expect(text.contains("$p1_0 << EOD\n"))
  }

  @Test func smoothingKeepsTheRawLinePale() throws {
    let chart = Chart(panels: [Panel(series: [losses], smoothing: 0.6)])
    let text = try script(chart, .svg(width: 900, height: 420))
    #expect(
      text.contains("$p0_0 using 1:2 with lines linetype 1 linewidth 1 linecolor '#b00072b2'"))
    #expect(text.contains("$s0_0 using 1:2 with linespoints"))
  }

  @Test func logarithmicHeightTurnsWhatItCannotShowIntoGaps() throws {
    let series = Series("loss", y: [1, 0, -1, 0.1])
    let text = try script(
      Chart(panels: [Panel(series: [series], isLogarithmic: true)]), .svg(width: 900, height: 420))
    #expect(text.contains("1.0 1.0\n2.0 NaN\n3.0 NaN\n4.0 0.1\n"))
    #expect(text.contains("set logscale y\n"))
  }

  @Test func nothingDrawableIsAFault() {
    let empty = Chart(panels: [Panel(series: [Series("loss", y: [.nan, .infinity])])])
    #expect(
      throws: Fault(
        .data, "nothing to plot for 'loss'", got: "2 points that cannot be drawn",
        wanted: "a number")
    ) { try script(empty, .svg(width: 900, height: 420)) }
    let negative = Chart(panels: [Panel(series: [Series("loss", y: [-1])], isLogarithmic: true)])
    #expect(throws: Fault.self) { try script(negative, .svg(width: 900, height: 420)) }
    #expect(throws: Fault(.data, "there is nothing to plot")) {
      try script(Chart(panels: []), .svg(width: 900, height: 420))
    }
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
