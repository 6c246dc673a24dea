import Components

extension PanelScript {
  /// More values than this are told by their box alone.
  private static let fewValues = 60

  mutating func add(_ groups: [BoxGroup], on panel: Panel, _ name: String) throws(Fault) {
    let labels = groups.flatMap { $0.boxes.map(\.label) }.reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let values = groups.flatMap(\.boxes).flatMap(\.values)
    guard let least = values.min(), let most = values.max() else {
      throw Fault(.data, "nothing to plot: no value in any class", wanted: "a number")
    }
    self.name(labels, room: 90)
    settings.append("set xrange [0.4:\(Double(labels.count) + 0.6)]")
    settings.append("set offsets graph 0, graph 0, graph 0.05, graph 0.05")
    // The room around them does not show what shares like Dice cannot be.
    if panel.y.range == nil, !panel.y.isLogarithmic, least >= 0 {
      settings.append("set yrange [0<*:\(most <= 1 ? "*<1" : "*")]")
    }
    showKey(groups.map(\.name))
    let step = 0.7 / Double(groups.count)
    for (position, group) in groups.enumerated() {
      let shift = (Double(position) - Double(groups.count - 1) / 2) * step
      let width = min(step * 0.8, 0.35)
      var boxes: [[Double]] = []
      var points: [[Double]] = []
      for (place, label) in labels.enumerated() {
        guard let box = group.boxes.first(where: { $0.label == label }), !box.values.isEmpty
        else { continue }
        let x = Double(place + 1) + shift
        boxes.append([
          x, box.quantile(0.25), box.whiskers.low, box.whiskers.high, box.quantile(0.75),
          box.quantile(0.5), width,
        ])
        points += Self.points(of: box, at: x, width)
      }
      let block = "\(name)_\(position)"
      self.block(block, boxes)
      let title = group.name.isEmpty ? "notitle" : "title \(GnuplotText.literal(group.name))"
      let pen = "linetype 1 linewidth 1.5\(look.dash(position))\(color(position))"
      plots.append(
        "$\(block) using 1:2:3:4:5:7 with candlesticks \(pen) fillstyle transparent solid 0.25 "
          + "border\(color(position)) \(title) whiskerbars 0.5")
      plots.append(
        "$\(block) using ($1-$7/2):6:7:(0) with vectors nohead linetype 1 linewidth 3\(color(position)) notitle"
      )
      if !points.isEmpty {
        self.block(block + "v", points)
        plots.append(
          "$\(block)v using 1:2 with points pointtype 7 pointsize 0.5\(color(position)) notitle")
      }
    }
  }

  /// Each value as a point, side by side where they are near; of many only those beyond the whiskers.
  private static func points(of box: Box, at x: Double, _ width: Double) -> [[Double]] {
    let (low, high) = box.whiskers
    let shown =
      box.values.count <= fewValues
      ? box.values : box.values.filter { $0 < low || $0 > high }
    // Neighbours in value go left, right, middle in turn.
    return shown.enumerated().map { index, value in
      [x + (Double(index % 3) - 1) * (shown.count > 2 ? width * 0.22 : 0), value]
    }
  }
}
