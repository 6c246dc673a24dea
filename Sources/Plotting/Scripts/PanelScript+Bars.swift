import Components

extension PanelScript {
  /// More samples than this are outlines: fills over one another mix their colours.
  private static let fewSamples = 2
  /// Up to here gnuplot's steps may lie between two numbers.
  private static let fewCounts = 10

  mutating func add(_ histogram: Histogram, on panel: Panel, _ name: String) {
    let range = histogram.start...histogram.start + histogram.width * Double(histogram.binCount)
    settings.append("set xrange [\(range.lowerBound):\(range.upperBound)]")
    settings.append(panel.y.isLogarithmic ? "set yrange [0.5:*]" : "set yrange [0:*]")
    let most = histogram.samples.compactMap { $0.counts.max() }.max() ?? 0
    if !panel.y.isLogarithmic, most <= Self.fewCounts { wholeTics("y", 0...Double(most)) }
    if histogram.isWhole { wholeTics("x", range) }
    showKey(histogram.samples.map(\.name))
    let isAlone = histogram.samples.count == 1
    for (position, sample) in histogram.samples.enumerated() {
      let block = "\(name)_\(position)"
      self.block(
        block,
        sample.counts.enumerated().map { [histogram.center(of: $0), Double($1)] })
      let title = isAlone ? "notitle" : "title \(GnuplotText.literal(sample.name))"
      guard !format.isText, histogram.samples.count <= Self.fewSamples else {
        let style = isAlone ? "boxes" : "histeps"
        let pen = format.isText ? "" : " linetype 1 linewidth 2\(look.dash(position))"
        plots.append("$\(block) using 1:2 with \(style)\(pen)\(color(position)) \(title)")
        continue
      }
      let width = histogram.width * (histogram.isWhole ? 0.8 : 1)
      let fill = isAlone ? "solid 0.85" : "transparent solid 0.45"
      plots.append(
        "$\(block) using 1:2:(\(width)) with boxes fillstyle \(fill) noborder\(color(position)) \(title)"
      )
    }
  }

  /// A square for each pair of classes, truth from the top, as deep as its share of the row.
  mutating func add(_ matrix: ClassMatrix, _ name: String) {
    let count = matrix.classes.count
    // A square is about as wide as ten characters, a small one as three.
    self.name(matrix.classes, room: (count > ClassMatrix.mostWithText ? 3 : 10) * count)
    self.name(matrix.classes, "y", room: .max)
    settings += [
      "set xrange [0.5:\(Double(count) + 0.5)]", "set yrange [\(Double(count) + 0.5):0.5]",
      "set size ratio 1", "unset key", "unset grid", "set border 0", "set tics scale 0",
    ]
    var cells: [[Double]] = []
    for truth in 0..<count {
      for predicted in 0..<count {
        let share = matrix.share(truth, predicted)
        let level = share.isFinite ? Int((share * 10).rounded()) : 0
        let (x, y) = (Double(predicted + 1), Double(truth + 1))
        cells.append([x, y, x - 0.48, x + 0.48, y - 0.48, y + 0.48, Self.number(look.ramp[level])])
        guard count <= ClassMatrix.mostWithText else { continue }
        let ink = look.ink(onLevel: level)
        addCell(Self.percent(share), x, y, "0,0.5", ink, 15)
        addCell(Self.grouped(matrix.counts[truth][predicted]), x, y, "0,-0.7", ink, 12)
      }
    }
    block(name, cells)
    plots.append(
      "$\(name) using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid noborder linecolor rgb variable notitle"
    )
  }

  private mutating func addCell(
    _ text: String, _ x: Double, _ y: Double, _ offset: String, _ ink: String, _ size: Int
  ) {
    settings.append(
      "set label \(GnuplotText.literal(text)) at \(x),\(y) center offset \(offset) front "
        + "\(format.font(size)) textcolor '\(ink)'")
  }

  private static func number(_ color: String) -> Double {
    Double(Int(color.dropFirst(), radix: 16) ?? 0)
  }

  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    // Only what is all or nothing is said to be.
    if share > 0, share < 0.0005 { return "<0.1 %" }
    if share < 1, share > 0.9995 { return ">99.9 %" }
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// 1234567 as `1 234 567`.
  static func grouped(_ count: Int) -> String {
    var (text, rest) = ("", String(count))
    while rest.count > 3 {
      text = "\u{2009}" + rest.suffix(3) + text
      rest.removeLast(3)
    }
    return rest + text
  }
}
