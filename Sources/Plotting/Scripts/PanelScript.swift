import Components

/// What one panel adds to a script: blocks of data, settings, and the parts of its plot command.
struct PanelScript {
  var data: [String] = []
  var settings: [String] = []
  var plots: [String] = []
  let format: PictureFormat
  let look: Look

  /// - Parameter name: begins the names of its blocks.
  init(_ panel: Panel, name: String, _ format: PictureFormat, _ look: Look) throws(Fault) {
    (self.format, self.look) = (format, look)
    settings = ["set title \(GnuplotText.literal(panel.title))" + large]
    add(panel.x, "x")
    add(panel.y, "y")
    switch panel.content {
    case .curves(let series, let smoothing): try add(series, smoothing, on: panel, name)
    case .boxes(let groups): try add(groups, name)
    case .histogram(let histogram): add(histogram, on: panel, name)
    case .matrix(let matrix): add(matrix, name)
    }
    if let mark = panel.mark { add(mark) }
  }

  private var large: String { format.isText ? "" : " font ',15' textcolor '\(look.text)'" }
  private var inColor: String { format.isText ? "" : " textcolor '\(look.text)'" }

  private mutating func add(_ axis: Axis, _ name: String) {
    // Between the numbers and the key below them.
    let place = name == "x" && !format.isText ? " offset 0,0.6" : ""
    settings.append("set \(name)label \(GnuplotText.literal(axis.label))\(place)\(inColor)")
    settings.append("\(axis.isLogarithmic ? "set" : "unset") logscale \(name)")
    settings.append("set format \(name) '%g'")
    if let range = axis.range {
      settings.append("set \(name)range [\(range.lowerBound):\(range.upperBound)]")
    } else {
      settings.append("set autoscale \(name)")
    }
  }

  private mutating func add(_ mark: Mark) {
    let color = format.isText ? "" : " linecolor '\(look.frame)'"
    settings.append(
      "set arrow from first \(mark.x), graph 0 to first \(mark.x), graph 1 nohead dashtype 2\(color)"
    )
    settings.append(
      "set label \(GnuplotText.literal(mark.label)) at first \(mark.x), graph 0.97 offset 0.7,0"
        + inColor)
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
