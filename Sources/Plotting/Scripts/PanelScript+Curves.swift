import Components

extension PanelScript {
  /// Lines of at most this many points also show the points.
  private static let fewPoints = 40

  mutating func add(
    _ all: [Series], _ smoothing: Double, on panel: Panel, _ name: String
  ) throws(Fault) {
    let drawn = all.map { $0.drawn(on: panel.x, panel.y) }
    guard drawn.contains(where: \.hasPoint) else {
      let names = all.map(\.name).joined(separator: ", ")
      let count = all.reduce(0) { $0 + $1.y.count }
      throw Fault(
        .data, "nothing to plot for \(names.quoted)",
        got: count == 0 ? "no points" : "\(count) points that cannot be drawn",
        wanted: panel.x.isLogarithmic || panel.y.isLogarithmic ? "a number above zero" : "a number")
    }
    // What has no point yet keeps its colour, for when it has.
    for (position, series) in drawn.enumerated() where series.hasPoint {
      addLine(series, smoothing, on: panel.x, "\(name)_\(position)", position)
    }
    showKey(all.map(\.name))
    setRange(drawn, panel)
  }

  private mutating func addLine(
    _ series: Series, _ smoothing: Double, on axis: Axis, _ block: String, _ position: Int
  ) {
    func rows(_ series: Series) -> [[Double]] {
      let thinned = series.thinned(on: axis)
      return zip(thinned.x, thinned.y).map { [$0, $1] }
    }
    let title = "title \(GnuplotText.literal(series.name))"
    let isSmoothed = smoothing > 0 && series.y.count > 1
    let line = isSmoothed ? block + "s" : block
    if isSmoothed { self.block(line, rows(series.smoothed(smoothing))) }
    if !isSmoothed || !format.isText { self.block(block, rows(series)) }
    let finite = series.y.count { $0.isFinite }
    if format.isText {
      let style = finite == 1 ? "points" : "lines"
      plots.append("$\(line) using 1:2 with \(style)\(color(position)) \(title)")
      return
    }
    let pen = "linetype 1 linewidth 2\(look.dash(position))\(color(position))"
    let style =
      finite <= Self.fewPoints
      ? "with linespoints \(pen) pointtype 7 pointsize \(finite == 1 ? 0.9 : 0.5)"
      : "with lines \(pen)"
    if isSmoothed {
      // gnuplot writes transparency before the colour: 0x80 lets half through.
      let pale = "#80" + look.line(position).dropFirst()
      plots.append(
        "$\(block) using 1:2 with lines linetype 1 linewidth 1 linecolor '\(pale)' notitle")
    }
    plots.append("$\(line) using 1:2 \(style) \(title)")
  }

  /// From the first point to the last. One x alone would give an axis of no length, and so would one
  /// height.
  private mutating func setRange(_ drawn: [Series], _ panel: Panel) {
    let shown = drawn.map { series in
      zip(series.x, series.y).filter { $0.isFinite && $1.isFinite }
    }
    func bounds(_ values: [Double]) -> ClosedRange<Double>? {
      guard let low = values.min(), let high = values.max() else { return nil }
      return low...high
    }
    if panel.x.range == nil, let x = bounds(shown.flatMap { $0.map(\.0) }) {
      let wide = Self.widened(x, panel.x)
      settings.append("set xrange [\(wide.lowerBound):\(wide.upperBound)]")
      if panel.x.isWhole, !panel.x.isLogarithmic { wholeTics("x", wide) }
    }
    if panel.y.range == nil, let y = bounds(shown.flatMap { $0.map(\.1) }),
      y.lowerBound == y.upperBound
    {
      let wide = Self.widened(y, panel.y)
      settings.append("set yrange [\(wide.lowerBound):\(wide.upperBound)]")
    }
  }

  private static func widened(_ range: ClosedRange<Double>, _ axis: Axis) -> ClosedRange<Double> {
    guard range.lowerBound == range.upperBound else { return range }
    let value = range.lowerBound
    if axis.isLogarithmic { return value / 2...value * 2 }
    let reach = axis.isWhole || value == 0 ? 1 : abs(value) / 10
    return value - reach...value + reach
  }
}
