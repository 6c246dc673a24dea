import Components
import Glibc

/// What one panel adds to a script: blocks of data, settings, and the parts of its plot command.
struct PanelScript {
  var data: [String] = []
  var settings: [String] = []
  var plots: [String] = []
  let format: PictureFormat
  let look: Look
  private let xLabel: String

  /// - Parameter name: begins the names of its blocks.
  init(_ panel: Panel, name: String, _ format: PictureFormat, _ look: Look) throws(Fault) {
    (self.format, self.look, xLabel) = (format, look, panel.x.label)
    settings = ["set title \(GnuplotText.literal(panel.title))" + large]
    add(panel.x, "x")
    add(panel.y, "y")
    switch panel.content {
    case .curves(let series, let smoothing): try add(series, smoothing, on: panel, name)
    case .boxes(let groups): try add(groups, on: panel, name)
    case .histogram(let histogram): add(histogram, on: panel, name)
    case .matrix(let matrix): add(matrix, name)
    }
    if let mark = panel.mark { add(mark, on: panel) }
  }

  private var large: String {
    format.isText ? "" : " \(format.font(15)) textcolor '\(look.text)'"
  }
  private var inColor: String { format.isText ? "" : " textcolor '\(look.text)'" }

  private mutating func add(_ axis: Axis, _ name: String) {
    let place = name == "x" ? belowNumbers : ""
    settings.append("set \(name)label \(GnuplotText.literal(axis.label))\(place)\(inColor)")
    settings.append("\(axis.isLogarithmic ? "set" : "unset") logscale \(name)")
    settings.append("set format \(name) '%g'")
    if let range = axis.range {
      settings.append("set \(name)range [\(range.lowerBound):\(range.upperBound)]")
    } else {
      settings.append("set autoscale \(name)")
    }
  }

  /// Nearer to the numbers than gnuplot would; pixels have less room there than an SVG.
  private var belowNumbers: String {
    switch format {
    case .text: ""
    case .svg: " offset 0,0.6"
    case .png, .pdf, .screen: " offset 0,0.3"
    }
  }

  private mutating func add(_ mark: Mark, on panel: Panel) {
    let color = format.isText ? "" : " linecolor '\(look.frame)'"
    settings.append(
      "set arrow from first \(mark.x), graph 0 to first \(mark.x), graph 1 nohead dashtype 2\(color)"
    )
    settings.append(
      "set label \(GnuplotText.literal(mark.label)) at first \(mark.x), graph 0.97 "
        + (Self.isFarRight(mark, panel) ? "right offset -0.7,0" : "offset 0.7,0") + inColor)
  }

  /// Whether words right of the mark might leave the picture.
  private static func isFarRight(_ mark: Mark, _ panel: Panel) -> Bool {
    guard case .curves(let series, _) = panel.content else { return false }
    let places = series.flatMap(\.x).filter(\.isFinite) + [mark.x]
    func scaled(_ x: Double) -> Double { panel.x.isLogarithmic ? log(max(x, 1e-300)) : x }
    let low = scaled(panel.x.range?.lowerBound ?? places.min() ?? 0)
    let high = scaled(panel.x.range?.upperBound ?? places.max() ?? 0)
    return scaled(mark.x) > low + (high - low) * 0.7
  }

  mutating func block(_ name: String, _ rows: [[Double]]) {
    data.append("$\(name) << EOD")
    data += rows.map { $0.map(GnuplotText.number).joined(separator: " ") }
    data.append("EOD")
  }

  /// The key stands below, and only where there is something to tell apart.
  mutating func showKey(_ names: [String]) {
    guard names.contains(where: { !$0.isEmpty }), names.count > 1 else {
      settings.append("unset key")
      return
    }
    settings.append(format.isText ? "set key bmargin center horizontal width 3" : "set key on")
    // The key begins where the label ends: a line between them.
    guard !format.isText, !xLabel.isEmpty else { return }
    settings.append(
      "set xlabel \(GnuplotText.literal(xLabel)).\"\\n \"\(belowNumbers)\(inColor)")
  }

  /// Whole numbers only, at most a dozen of them.
  mutating func wholeTics(_ axis: String, _ range: ClosedRange<Double>) {
    let most = format.isText ? 8.0 : 12.0
    var step = 1.0
    let factors = [2.0, 2.5, 2.0]
    var turn = 0
    while (range.upperBound - range.lowerBound) / step > most {
      step *= factors[turn % 3]
      turn += 1
    }
    settings.append("set \(axis)tics \(Int(step))")
  }

  /// Names at places 1, 2, 3 …; slanted where together they are longer than `room` characters.
  mutating func name(_ names: [String], _ axis: String = "x", room: Int) {
    let tics = names.enumerated().map { "\(GnuplotText.literal($1)) \($0 + 1)" }
    let longest = names.map(\.count).max() ?? 0
    let isTight = axis == "x" && longest * names.count > room
    settings.append(
      "set \(axis)tics (\(tics.joined(separator: ", ")))\(isTight ? " rotate by 35 right" : "")")
  }

  func color(_ position: Int) -> String {
    if case .text(_, _, false) = format { return "" }
    return " linecolor '\(look.line(position))'"
  }
}
