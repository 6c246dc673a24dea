import Components
import Engine
import Plotting

/// Panels that show how values are spread.
enum SpreadPanel {
  static func histogram(
    _ samples: [PlotReader.Sample], _ axes: LogarithmicAxes
  ) throws(Fault) -> Panel {
    let histogram = try Histogram(samples.map { ($0.name, $0.values) })
    let title = samples.count == 1 ? samples[0].name : ""
    let missing = histogram.missing > 0 ? ", \(histogram.missing) are no numbers" : ""
    return Panel(
      title.isEmpty && missing.isEmpty
        ? "" : "\(title)\(title.isEmpty ? "" : ", ")\(histogram.count) values\(missing)",
      x: Axis("value"), y: Axis("count", isLogarithmic: axes.y), .histogram(histogram))
  }

  static func boxes(
    _ samples: [PlotReader.Sample], _ axes: LogarithmicAxes
  ) -> Panel {
    let boxes = samples.map { Box($0.name, values: $0.values.map(Double.init)) }
    return Panel(y: Axis("value", isLogarithmic: axes.y), .boxes([BoxGroup(boxes: boxes)]))
  }

  /// The classes of the last validation of each run, over its cases; without names, of each metric that
  /// has such values.
  static func boxes(
    _ runs: [(label: String, run: Run)], _ names: [String]
  ) throws(Fault) -> [Panel] {
    let known = runs.flatMap { $0.run.details.map(\.name) }
    guard !known.isEmpty else {
      throw Fault(
        .state, "no values by class: the run ended without a validation",
        wanted: "a metric with save_details", remedy: "plot(validate(), kind=\"boxes\")")
    }
    if let name = names.first(where: { !known.contains($0) }) {
      throw Fault.unknown("metric with values by class", name, among: known)
    }
    var wanted = names
    if names.isEmpty { for name in known where !wanted.contains(name) { wanted.append(name) } }
    return wanted.map { name in
      let groups = runs.compactMap { label, run in
        run.details.first { $0.name == name }.map { BoxGroup(label, boxes: boxes(of: $0)) }
      }
      return Panel(
        "\(name) by class, over cases", y: Axis(RunChart.quantity(of: name)), .boxes(groups))
    }
  }

  private static func boxes(of details: MetricDetails) -> [Box] {
    (0..<(details.rows.first?.count ?? 0)).map { column in
      Box(details.className(column), values: details.rows.map { $0[column] })
    }
  }
}
