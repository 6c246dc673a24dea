import Components
import Engine
import Plotting

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
        let series = curves.filter { $0.axis == axis && $0.name != "lr" }.map(Self.series)
        let isLong = series.contains { $0.x.count > Self.manyPoints }
        return series.isEmpty
          ? nil
          : Panel(xLabel: label, series: series, smoothing: axis == .iteration && isLong ? 0.85 : 0)
      })
  }

  /// What `plot(…)` was asked for: names of series of the last run, or runs.
  init(_ arguments: Arguments, lastRun: Run?) throws {
    var runs: [(label: String, run: Run)] = []
    var names: [String] = []
    for value in arguments.positional { try Self.read(value, &runs, &names) }
    if runs.isEmpty {
      guard let lastRun else {
        throw Fault(.state, "there is nothing to draw yet", remedy: "train(epochs=1)")
      }
      runs = [("", lastRun)]
    }
    let isLogarithmic = arguments.named["log"]?.isTruthy ?? false
    let smoothing = try arguments.named["smooth"].map { try Double(argument: $0) } ?? 0
    guard (0..<1).contains(smoothing) else {
      throw Fault(
        .outOfRange, "smooth is the share of the past in each point", got: "\(smoothing)",
        wanted: "0 to below 1")
    }
    if names.isEmpty { names = Self.names(of: runs.map(\.run)) }
    chart = Chart(
      panels: try names.map { name in
        let lines = try runs.map { try Self.line(name, of: $0.run, label: $0.label) }
        return Panel(
          xLabel: lines[0].axis.rawValue, series: lines.map(\.series), isLogarithmic: isLogarithmic,
          smoothing: smoothing)
      })
  }

  private static func read(
    _ value: Value, _ runs: inout [(label: String, run: Run)], _ names: inout [String]
  ) throws {
    switch value {
    case .string(let name): names.append(name)
    case .object(let run as Run): runs.append((runs.isEmpty ? "" : "\(runs.count + 1)", run))
    case .dict(let entries):
      for (label, entry) in entries {
        guard case .object(let run as Run) = entry else {
          throw Fault.wrongType(wanted: "Run", got: entry)
        }
        runs.append((label, run))
      }
    case .list(let items), .tuple(let items):
      for item in items { try read(item, &runs, &names) }
    default: throw Fault.wrongType(wanted: "name of a series, or Run", got: value)
    }
  }

  private static func names(of runs: [Run]) -> [String] {
    var names: [String] = []
    for series in runs.flatMap(\.history.series)
    where !names.contains(series.name) && series.name != "lr" { names.append(series.name) }
    return names
  }

  private static func line(
    _ name: String, of run: Run, label: String
  ) throws -> (series: Series, axis: History.Axis) {
    guard let found = run.history[name] else {
      throw Fault.unknown("series", name, among: run.history.series.map(\.name))
    }
    var line = series(found)
    if !label.isEmpty { line.name += " \(label)" }
    return (line, found.axis)
  }

  private static func series(_ curve: History.Series) -> Series {
    Series(curve.name, x: curve.positions.map(Double.init), y: curve.values)
  }
}
