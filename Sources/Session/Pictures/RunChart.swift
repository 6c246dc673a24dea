import Components
import Engine
import Plotting

/// What `plot` draws: curves of runs one panel a series, each against what it was logged by; how
/// numbers are spread; how classes fare.
struct RunChart {
  let chart: Chart
  /// More losses than this are drawn smoothed, with the raw line pale behind.
  private static let manyPoints = 100

  /// Every curve that was logged.
  init(_ history: History, title: String = "") {
    let curves = history.series
    chart = Chart(
      title,
      panels: [History.Axis.iteration, .epoch].compactMap { axis in
        let series = curves.filter { $0.axis == axis && $0.name != "lr" }
          .map { Self.series($0, $0.name) }
        let isLong = series.contains { $0.x.count > Self.manyPoints }
        let smoothing = axis == .iteration && isLong ? 0.85 : 0
        return series.isEmpty
          ? nil
          : Panel(
            series.count == 1 ? series[0].name : "", x: Self.axis(axis),
            y: Axis(series.count == 1 ? Self.quantity(of: series[0].name) : ""),
            .curves(series, smoothing: smoothing))
      })
  }

  /// - Parameter log: the session's runs; the last one is drawn when none is named.
  init(_ request: PlotRequest, _ log: RunLog) throws {
    guard (0..<1).contains(request.smoothing) else {
      throw Fault(
        .outOfRange, "smooth is the share of the past in each point", got: "\(request.smoothing)",
        wanted: "0 to below 1", argument: ["smooth"])
    }
    if request.kind == .confusion, let matrix = try ConfusionPanel.ofMaps(request.what) {
      chart = Chart(panels: [matrix])
      return
    }
    var reader = PlotReader(log)
    for value in request.what { try reader.read(value) }
    var runs = reader.runs
    if reader.isEmpty {
      guard let last = log.last else {
        throw Fault(.state, "there is nothing to draw yet", remedy: "train(epochs=1)")
      }
      runs = [("", last)]
    }
    let names = reader.names + request.names
    runs = try Self.labelled(runs, request.labels)
    let samples = try Self.labelled(reader.samples, runs.isEmpty ? request.labels : nil)
    switch request.kind ?? (samples.contains(where: \.isTensor) ? .hist : .curves) {
    case .curves:
      chart = Chart(panels: try Self.curves(runs, names, reader.series, samples, request))
    case .hist:
      let all = try samples + Self.samples(of: runs, names, reader.series)
      chart = Chart(panels: [try SpreadPanel.histogram(all, request.axes)])
    case .boxes where runs.isEmpty:
      let all = try samples + Self.samples(of: [], [], reader.series)
      chart = Chart(panels: [SpreadPanel.boxes(all, request.axes)])
    case .boxes: chart = Chart(panels: try SpreadPanel.boxes(runs, names))
    case .confusion: chart = Chart(panels: try runs.map { try ConfusionPanel.of($0.run, $0.label) })
    }
  }

  /// What a series measures, for its axis.
  static func quantity(of name: String) -> String {
    let lowered = name.lowercased()
    if lowered == "lr" { return "learning rate" }
    if lowered.contains("loss") { return "loss" }
    if lowered.contains("dice") { return "Dice" }
    if lowered.contains("accuracy") || lowered.hasSuffix("_acc") { return "accuracy" }
    return name
  }

  private static func labelled(
    _ runs: [(label: String, run: Run)], _ labels: [String]?
  ) throws(Fault) -> [(label: String, run: Run)] {
    guard !runs.isEmpty, let labels else { return runs.count == 1 ? [("", runs[0].run)] : runs }
    try check(labels, runs.count, "runs")
    return zip(labels, runs).map { ($0, $1.run) }
  }

  /// With the names that were asked for; without, those of one name are told apart by their numbers.
  private static func labelled(
    _ samples: [PlotReader.Sample], _ labels: [String]?
  ) throws(Fault) -> [PlotReader.Sample] {
    if let labels { try check(labels, samples.count, "samples") }
    let areDistinct = Set(samples.map(\.name)).count == samples.count
    return samples.enumerated().map { index, sample in
      var sample = sample
      if let labels {
        sample.name = labels[index]
      } else if !areDistinct {
        sample.name = sample.name.isEmpty ? "\(index + 1)" : "\(index + 1): \(sample.name)"
      }
      return sample
    }
  }

  private static func check(_ labels: [String], _ count: Int, _ what: String) throws(Fault) {
    if labels.count == count { return }
    throw Fault(
      .invalid, "labels has \(labels.count) names for \(count) \(what)",
      got: "\(labels.count)", wanted: "\(count)", argument: ["labels"])
  }
}

// MARK: Curves

extension RunChart {
  private static func curves(
    _ runs: [(label: String, run: Run)], _ names: [String], _ single: [History.Series],
    _ samples: [PlotReader.Sample], _ request: PlotRequest
  ) throws(Fault) -> [Panel] {
    var panels = single.map { curve in
      Panel(
        curve.name, x: axis(curve.axis), y: Axis(quantity(of: curve.name)),
        .curves([series(curve, curve.name)]))
    }
    if !samples.isEmpty {
      panels.append(
        Panel(
          samples.count == 1 ? samples[0].name : "", x: Axis("number", isWhole: true),
          .curves(samples.map { Series($0.name, y: $0.values.map(Double.init)) })))
    }
    if names.isEmpty, !runs.isEmpty, runs.allSatisfy({ $0.run.action == .rateTest }) {
      panels.append(rates(of: runs))
    } else if !runs.isEmpty {
      let histories = runs.map { ($0.label, $0.run.history) }
      for name in names.isEmpty ? Self.names(in: histories) : names {
        panels.append(try panel(name, of: histories))
      }
    }
    return panels.map { $0.with(request) }
  }

  /// Every series that was logged, in the order of the first value, but for the learning rate.
  static func names(in histories: [(label: String, history: History)]) -> [String] {
    var names: [String] = []
    for series in histories.flatMap(\.history.series)
    where !names.contains(series.name) && series.name != "lr" { names.append(series.name) }
    return names
  }

  /// The series of that name in every run that has it.
  private static func found(
    _ name: String, in histories: [(label: String, history: History)]
  ) throws(Fault) -> [(label: String, series: History.Series)] {
    let found = histories.compactMap { label, history in history[name].map { (label, $0) } }
    guard !found.isEmpty else {
      throw Fault.unknown("series", name, among: names(in: histories) + ["lr"])
    }
    return found
  }

  static func panel(
    _ name: String, of histories: [(label: String, history: History)]
  ) throws(Fault) -> Panel {
    let found = try found(name, in: histories)
    return Panel(
      name, x: axis(found[0].series.axis), y: Axis(quantity(of: name)),
      .curves(found.map { label, curve in series(curve, label.isEmpty ? name : label) }))
  }

  /// The loss against the learning rate.
  private static func rates(of runs: [(label: String, run: Run)]) -> Panel {
    let suggested = runs.count == 1 ? runs[0].run.suggestedRate : nil
    return Panel(
      "loss by learning rate", x: Axis("learning rate", isLogarithmic: true), y: Axis("loss"),
      .curves(
        runs.map { label, run in
          Series(
            label.isEmpty ? "loss" : label, x: run.history["lr"]?.values ?? [],
            y: run.history["loss"]?.values ?? [])
        }),
      mark: suggested.map { rate in
        Mark("steepest at \(PythonNumber.text(of: rate, digits: 3))", x: rate)
      })
  }

  private static func axis(_ axis: History.Axis) -> Axis { Axis(axis.rawValue, isWhole: true) }

  private static func series(_ curve: History.Series, _ name: String) -> Series {
    Series(name, x: curve.positions.map(Double.init), y: curve.values)
  }

  /// The values of curves, to be looked at without their course.
  private static func samples(
    of runs: [(label: String, run: Run)], _ names: [String], _ single: [History.Series]
  ) throws(Fault) -> [PlotReader.Sample] {
    func sample(_ name: String, _ values: [Double]) -> PlotReader.Sample {
      PlotReader.Sample(name: name, values: values.map { Float($0) }, isTensor: false)
    }
    var samples = single.map { sample($0.name, $0.values) }
    guard !runs.isEmpty else { return samples }
    let histories = runs.map { ($0.label, $0.run.history) }
    for name in names.isEmpty ? Self.names(in: histories) : names {
      samples += try found(name, in: histories).map { label, series in
        sample(label.isEmpty ? name : "\(name), \(label)", series.values)
      }
    }
    return samples
  }
}

extension Panel {
  /// Smoothed, and with the axes that were asked for.
  func with(_ request: PlotRequest) -> Panel {
    var panel = self
    if case .curves(let series, _) = panel.content {
      panel.content = .curves(series, smoothing: request.smoothing)
    }
    panel.x.isLogarithmic = panel.x.isLogarithmic || request.axes.x
    panel.y.isLogarithmic = request.axes.y
    return panel
  }
}
