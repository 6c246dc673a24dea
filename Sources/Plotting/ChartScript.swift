import Components

/// Turns a chart into the text of a gnuplot script that draws it on standard output.
struct ChartScript {
  /// Okabe and Ito's colours without the yellow: told apart with any kind of colour vision, in
  /// this order also by lightness.
  static let palette = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]
  /// Lines of at most this many points also show the points.
  private static let fewPoints = 40

  let chart: Chart
  let format: PictureFormat

  /// - Throws: `Fault` when a panel has no point that can be drawn.
  func text() throws(Fault) -> String {
    guard !chart.panels.isEmpty else { throw Fault(.data, "there is nothing to plot") }
    for panel in chart.panels { try checkDrawable(panel) }
    var lines = ["reset", "set encoding utf8", format.terminalLine]
    lines += format.isText ? [] : Self.frame
    for (index, panel) in chart.panels.enumerated() { lines += blocks(of: panel, index) }
    if chart.panels.count > 1 {
      let title = chart.title.isEmpty ? "" : " title \(GnuplotText.literal(chart.title))"
      lines.append("set multiplot layout \(chart.panels.count),1\(title)")
    }
    for (index, panel) in chart.panels.enumerated() {
      lines += commands(for: panel, index)
    }
    if chart.panels.count > 1 { lines.append("unset multiplot") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Quiet axes and grid for pictures; characters have no room for them.
  private static let frame = [
    "set border 3 linecolor '#444444' linewidth 1",
    "set tics nomirror textcolor '#222222'",
    "set grid linetype 1 linecolor '#dddddd' linewidth 1",
    "set key outside top right horizontal Left reverse noenhanced samplen 2",
    "set lmargin 10",
  ]

  private func checkDrawable(_ panel: Panel) throws(Fault) {
    let heights = panel.series.flatMap { drawn($0, in: panel).y }
    guard heights.contains(where: \.isFinite) else {
      let names = panel.series.map(\.name).joined(separator: ", ")
      throw Fault(
        .data, "nothing to plot for \(names.quoted)",
        got: heights.isEmpty ? "no points" : "\(heights.count) points that cannot be drawn",
        wanted: panel.isLogarithmic ? "a number above zero" : "a number")
    }
  }

  /// The series with what the axis cannot show turned into gaps.
  private func drawn(_ series: Series, in panel: Panel) -> Series {
    guard panel.isLogarithmic else { return series }
    var result = series
    for index in result.y.indices where result.y[index] <= 0 { result.y[index] = .nan }
    return result
  }

  private func blocks(of panel: Panel, _ index: Int) -> [String] {
    panel.series.enumerated().flatMap { (position, series) -> [String] in
      let points = drawn(series, in: panel)
      let raw = block("$p\(index)_\(position)", points)
      guard panel.smoothing > 0 else { return raw }
      return raw + block("$s\(index)_\(position)", points.smoothed(panel.smoothing))
    }
  }

  private func block(_ name: String, _ series: Series) -> [String] {
    let rows = zip(series.x, series.y).map {
      GnuplotText.number($0) + " " + GnuplotText.number($1)
    }
    return ["\(name) << EOD"] + rows + ["EOD"]
  }

  private func commands(for panel: Panel, _ index: Int) -> [String] {
    var lines = [
      "set title \(GnuplotText.literal(title(of: panel)))",
      "set xlabel \(GnuplotText.literal(panel.xLabel))",
      "set ylabel \(GnuplotText.literal(panel.yLabel))",
      panel.isLogarithmic ? "set logscale y" : "unset logscale y",
      xRange(of: panel),
    ]
    if let range = panel.range {
      lines.append("set yrange [\(range.lowerBound):\(range.upperBound)]")
    } else {
      lines.append("set autoscale y")
    }
    if panel.series.count == 1 {
      lines.append("unset key")
    } else {
      lines.append(format.isText ? "set key outside bottom center" : "set key on")
    }
    let plots = panel.series.indices.flatMap {
      plot(panel.series[$0], isSmoothed: panel.smoothing > 0, index, $0)
    }
    lines.append("plot " + plots.joined(separator: ", \\\n  "))
    return lines
  }

  /// A line that is alone has no key, so the title names it where nothing else does.
  private func title(of panel: Panel) -> String {
    if !panel.title.isEmpty { return panel.title }
    if chart.panels.count == 1, !chart.title.isEmpty { return chart.title }
    return panel.series.count == 1 ? panel.series[0].name : ""
  }

  /// A single x would give an axis of no length, which gnuplot widens with a warning.
  private func xRange(of panel: Panel) -> String {
    let all = panel.series.flatMap(\.x).filter(\.isFinite)
    guard let low = all.min(), let high = all.max() else { return "set autoscale x" }
    return low < high ? "set xrange [\(low):\(high)]" : "set xrange [\(low - 1):\(high + 1)]"
  }

  private func plot(
    _ series: Series, isSmoothed: Bool, _ panel: Int, _ position: Int
  ) -> [String] {
    let name = "title \(GnuplotText.literal(series.name))"
    let raw = "$p\(panel)_\(position)"
    let smooth = "$s\(panel)_\(position)"
    if format.isText {
      let style = series.x.count == 1 ? "points" : "lines"
      return ["\(isSmoothed ? smooth : raw) using 1:2 with \(style) \(name)"]
    }
    let color = Self.palette[position % Self.palette.count]
    let line = "linetype 1 linewidth 2 linecolor '\(color)'"
    let style =
      series.x.count <= Self.fewPoints
      ? "with linespoints \(line) pointtype 7 pointsize 0.5" : "with lines \(line)"
    guard isSmoothed else { return ["\(raw) using 1:2 \(style) \(name)"] }
    let pale = color.replacingFirst("#", with: "#b0")
    return [
      "\(raw) using 1:2 with lines linetype 1 linewidth 1 linecolor '\(pale)' notitle",
      "\(smooth) using 1:2 \(style) \(name)",
    ]
  }
}

extension String {
  /// gnuplot writes transparency before the colour: `#b00072b2` lets 0x4f of 0xff through.
  fileprivate func replacingFirst(_ mark: String, with other: String) -> String {
    hasPrefix(mark) ? other + dropFirst(mark.count) : self
  }
}
