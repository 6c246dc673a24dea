import Components
import Engine
import Glibc
import Plotting

/// What `plot(…)` was asked for.
struct PlotRequest {
  /// Names of series, series, runs, lists and dicts of runs.
  var what: [Value] = []
  /// The series to draw of the runs; none draws them all.
  var names: [String] = []
  /// What the key calls the runs, in their order.
  var labels: [String]?
  /// Share of the past in each point.
  var smoothing = 0.0
  var isLogarithmic = false
}

/// Curves of runs as a chart: losses above, metrics below, each against what it was logged by.
struct RunChart {
  let chart: Chart
  /// More losses than this are drawn smoothed, with the raw line pale behind.
  private static let manyPoints = 100

  /// Every curve that was logged.
  init(_ history: History, title: String = "") {
    let curves = history.series
    let axes: [(History.Axis, String)] = [(.iteration, "iteration"), (.epoch, "epoch")]
    chart = Chart(
      title,
      panels: axes.compactMap { axis, label in
        let series = curves.filter { $0.axis == axis && $0.name != "lr" }
          .map { Self.series($0, $0.name) }
        let isLong = series.contains { $0.x.count > Self.manyPoints }
        return series.isEmpty
          ? nil
          : Panel(xLabel: label, series: series, smoothing: axis == .iteration && isLong ? 0.85 : 0)
      })
  }

  /// - Parameter log: the session's runs; the last one is drawn when none is named.
  init(_ request: PlotRequest, _ log: RunLog) throws {
    guard (0..<1).contains(request.smoothing) else {
      throw Fault(
        .outOfRange, "smooth is the share of the past in each point", got: "\(request.smoothing)",
        wanted: "0 to below 1", argument: ["smooth"])
    }
    var reader = PlotReader(log)
    for value in request.what { try reader.read(value) }
    let names = reader.names + request.names
    var runs = reader.runs
    if runs.isEmpty, reader.series.isEmpty {
      guard let last = log.last else {
        throw Fault(.state, "there is nothing to draw yet", remedy: "train(epochs=1)")
      }
      runs = [("", last)]
    }
    runs = try Self.labelled(runs, request.labels)
    var panels = reader.series.map {
      Panel(xLabel: $0.axis.rawValue, series: [Self.series($0, $0.name)])
    }
    if names.isEmpty, !runs.isEmpty, runs.allSatisfy({ $0.run.action == .rateTest }) {
      panels.append(Self.rates(of: runs))
    } else if !runs.isEmpty {
      panels += try (names.isEmpty ? Self.names(of: runs.map(\.run)) : names).map {
        try Self.panel($0, of: runs)
      }
    }
    chart = Chart(
      panels: panels.map { panel in
        var panel = panel
        panel.isLogarithmic = request.isLogarithmic
        panel.smoothing = request.smoothing
        return panel
      })
  }

  private static func labelled(
    _ runs: [(label: String, run: Run)], _ labels: [String]?
  ) throws(Fault) -> [(label: String, run: Run)] {
    guard let labels else { return runs.count == 1 ? [("", runs[0].run)] : runs }
    guard labels.count == runs.count else {
      throw Fault(
        .invalid, "labels has \(labels.count) names for \(runs.count) runs",
        got: "\(labels.count)", wanted: "\(runs.count)", argument: ["labels"])
    }
    return zip(labels, runs).map { ($0, $1.run) }
  }

  private static func names(of runs: [Run]) -> [String] {
    var names: [String] = []
    for series in runs.flatMap(\.history.series)
    where !names.contains(series.name) && series.name != "lr" { names.append(series.name) }
    return names
  }

  /// One series of every run that has it.
  private static func panel(
    _ name: String, of runs: [(label: String, run: Run)]
  ) throws(Fault) -> Panel {
    let found = runs.compactMap { label, run in run.history[name].map { (label, $0) } }
    guard let first = found.first else {
      throw Fault.unknown(
        "series", name, among: Set(runs.flatMap { $0.run.history.series.map(\.name) }))
    }
    return Panel(
      runs.count > 1 ? name : "", xLabel: first.1.axis.rawValue,
      series: found.map { label, series in Self.series(series, label.isEmpty ? name : label) })
  }

  /// The loss against the learning rate, whose digits matter more than its size.
  private static func rates(of runs: [(label: String, run: Run)]) -> Panel {
    Panel(
      "loss", xLabel: "lr, power of ten",
      series: runs.map { label, run in
        Series(
          label.isEmpty ? "loss" : label,
          x: (run.history["lr"]?.values ?? []).map { log10($0) },
          y: run.history["loss"]?.values ?? [])
      })
  }

  private static func series(_ curve: History.Series, _ name: String) -> Series {
    Series(name, x: curve.positions.map(Double.init), y: curve.values)
  }
}

/// Sorts what `plot` is given.
private struct PlotReader {
  private let log: RunLog
  private(set) var runs: [(label: String, run: Run)] = []
  private(set) var names: [String] = []
  private(set) var series: [History.Series] = []

  init(_ log: RunLog) { self.log = log }

  mutating func read(_ value: Value) throws(Fault) {
    switch value {
    case .string(let name): names.append(name)
    case .object(let run as Run): runs.append((log.name(of: run) ?? "\(runs.count + 1)", run))
    case .object(let curve as HistoryObject): series.append(curve.series)
    case .dict(let entries):
      for (label, entry) in entries {
        guard case .object(let run as Run) = entry else {
          throw Fault.wrongType(wanted: "Run", got: entry)
        }
        runs.append((label, run))
      }
    case .list(let items), .tuple(let items): for item in items { try read(item) }
    default: throw Fault.wrongType(wanted: "name of a series, series, or Run", got: value)
    }
  }
}
