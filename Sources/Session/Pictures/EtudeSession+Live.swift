import Components
import Engine
import Plotting

/// `plot(live=True)`
extension EtudeSession {
  /// From here on every training is drawn while it runs.
  ///
  /// - Throws: `Fault` for what could never be drawn, so that no training finds out.
  func followTrainings(_ request: PlotRequest, _ file: String?, _ theme: Theme?) throws {
    let gnuplot = try Gnuplot.find()
    var reader = PlotReader(runs)
    for value in request.what { try reader.read(value) }
    guard reader.series.isEmpty, reader.samples.isEmpty, request.kind ?? .curves == .curves else {
      throw Fault(
        .unsupported, "only curves of runs follow a training",
        remedy: "plot(\"train_loss\", live=True)", argument: ["live"])
    }
    if let file { _ = try PictureFormat(fileName: file) }
    let chart = LiveChart(
      request: request, names: reader.names + request.names,
      others: reader.runs.map { ($0.label, $0.run.history) })
    let window: GnuplotWindow? =
      if file == nil, !output.showsPictures, case .window(let terminal) = try screen() {
        try self.window(terminal)
      } else {
        nil
      }
    let isReplaced = file != nil || window != nil || output.showsPictures
    let plot = LivePlot(isReplaced ? .often : .epochs, output) {
      [weak self] history throws(Fault) in
      guard let self, let chart = try chart.chart(of: history) else { return nil }
      if let file {
        try chart.write(to: file, theme: theme, with: gnuplot)
      } else if let window {
        try window.draw(chart, theme: theme)
      } else {
        return try rich(chart, theme)
      }
      return nil
    }
    live.withLock { $0 = plot }
    note("the next trainings are drawn while they run; plot(live=False) ends that")
  }
}

/// What a live picture shows: the training's own curves, and beside them those of earlier runs.
private struct LiveChart: Sendable {
  let request: PlotRequest
  let names: [String]
  let others: [(label: String, history: History)]

  /// Nil while there is nothing to draw.
  func chart(of history: History) throws(Fault) -> Chart? {
    let all = others + [(others.isEmpty ? "" : "now", history)]
    let known = Set(all.flatMap { $0.history.series.map(\.name) })
    // A metric comes with the first validation.
    let shown = (names.isEmpty ? RunChart.names(in: all) : names).filter(known.contains)
    var panels: [Panel] = []
    for name in shown { panels.append(try RunChart.panel(name, of: all).with(request)) }
    return panels.isEmpty ? nil : Chart(panels: panels)
  }
}
