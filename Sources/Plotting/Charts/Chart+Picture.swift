import Components

extension Chart: Picture {
  public func script(for format: PictureFormat, _ theme: Theme?) throws(Fault) -> [UInt8] {
    Array(try ChartScript(chart: self, format: format, theme: theme).text().utf8)
  }

  /// Panel below panel: curves and bars by gnuplot, what is rather read than seen as rows.
  public func text(
    columns: Int = 79, colored: Bool = false,
    with gnuplot: @autoclosure () throws(Fault) -> Gnuplot
  ) throws(Fault) -> String {
    guard !panels.isEmpty else { throw Fault(.data, "there is nothing to plot") }
    var parts: [String] = panels.count > 1 && !title.isEmpty ? [title] : []
    for panel in panels {
      var panel = panel
      if panels.count == 1, panel.title.isEmpty { panel.title = title }
      switch panel.content {
      case .boxes(let groups): parts.append(try BoxText(panel.title, groups, columns).text)
      case .matrix(let matrix): parts.append(MatrixText(panel.title, matrix).text)
      case .curves, .histogram:
        parts.append(try panel.drawnText(columns, colored, try gnuplot()))
      }
    }
    return parts.joined(separator: "\n\n")
  }
}

extension Panel {
  fileprivate func drawnText(
    _ columns: Int, _ colored: Bool, _ gnuplot: Gnuplot
  ) throws(Fault) -> String {
    let columns = max(columns, 40)
    let format = PictureFormat.text(
      columns: columns, rows: 18 + keyRows(columns), colored: colored)
    let script = try ChartScript(chart: Chart(panels: [self]), format: format).text()
    let drawn = String(decoding: try gnuplot.draw(Array(script.utf8)), as: UTF8.self)
    var lines = drawn.split(separator: "\n", omittingEmptySubsequences: false).map(Self.trimmed)
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// A line without what is not seen at its end; colours end with it.
  private static func trimmed(_ line: Substring) -> String {
    let end = /( |\f|\u{1B}\[[0-9;]*m)+$/
    var text = line.filter { $0 != "\u{0C}" }.replacing(end, with: "")
    text.replace("\u{1B}[0;39m", with: "\u{1B}[0m")
    if text.hasPrefix("\u{1B}[0m") { text.removeFirst(4) }
    return text.contains("\u{1B}[38") ? text + "\u{1B}[0m" : text
  }

  /// Lines that the names of the series take.
  private func keyRows(_ columns: Int) -> Int {
    let names: [String] =
      switch content {
      case .curves(let series, _): series.map(\.name)
      case .histogram(let histogram): histogram.samples.map(\.name)
      case .boxes, .matrix: []
      }
    guard names.count > 1 else { return 0 }
    let across = max(1, columns / ((names.map(\.count).max() ?? 0) + 10))
    return (names.count + across - 1) / across
  }
}
