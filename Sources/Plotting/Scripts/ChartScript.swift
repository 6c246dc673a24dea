import Components

/// Turns a chart into the text of a gnuplot script that draws it on standard output.
struct ChartScript {
  let chart: Chart
  let format: PictureFormat
  var theme: Theme?

  /// - Throws: `Fault` when a panel has nothing that can be drawn.
  func text() throws(Fault) -> String {
    guard !chart.panels.isEmpty else { throw Fault(.data, "there is nothing to plot") }
    let look = Look.of(format.theme(theme) ?? .light)
    var parts: [PanelScript] = []
    for (index, panel) in chart.panels.enumerated() {
      var panel = panel
      if chart.panels.count == 1, panel.title.isEmpty { panel.title = chart.title }
      parts.append(try PanelScript(panel, name: "p\(index)", format, look))
    }
    var lines = ["reset", "set encoding utf8", format.terminalLine(look)]
    if format.isScreen { lines.append(Self.page(look)) }
    lines += format.isText ? [] : Self.frame(look)
    lines += parts.flatMap(\.data)
    if chart.panels.count > 1 {
      let title =
        chart.title.isEmpty
        ? ""
        : " title \(GnuplotText.literal(chart.title)) \(format.font(17)) textcolor '\(look.text)'"
      lines.append("set multiplot layout \(chart.rows),\(chart.columns)\(title)")
      // One below the other begin at one place, however long their numbers are.
      if chart.isColumn, !format.isText { lines.append("set lmargin 10") }
    }
    for (index, part) in parts.enumerated() {
      if index > 0 { lines += Self.betweenPanels }
      if index == 1, format.isScreen { lines.append("unset object") }
      lines += part.settings
      lines.append("plot " + part.plots.joined(separator: ", \\\n  "))
    }
    if chart.panels.count > 1 { lines.append("unset multiplot") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Quiet axes and grid for pictures; characters have no room for them.
  private static func frame(_ look: Look) -> [String] {
    [
      "set border 3 linecolor '\(look.frame)' linewidth 1",
      "set tics nomirror scale 0.6 textcolor '\(look.text)'",
      "set grid linetype 1 linecolor '\(look.grid)' linewidth 1",
      "set key bmargin center horizontal Left reverse noenhanced samplen 4 textcolor '\(look.text)'",
      "set rmargin 4",
    ]
  }

  /// Screens have no background of their own.
  static func page(_ look: Look) -> String {
    "set object 1 rectangle from screen 0,0 to screen 1,1 behind fillstyle solid noborder "
      + "fillcolor '\(look.page)'"
  }

  /// What one panel sets and the next must not find.
  private static let betweenPanels = [
    "unset label", "unset arrow", "unset logscale", "unset offsets", "set autoscale",
    "set size noratio", "set xtics autofreq norotate", "set ytics autofreq",
  ]
}
