import Components
import Engine
import Plotting
import Script

/// `plot`: curves of runs.
extension EtudeSession {
  var plotAction: Builtin {
    Builtin(
      "plot", "Draws series by name, runs, or several runs together; file= makes .svg or .png.",
      effect: .action, anyNumberOf: "what",
      BuiltinParameter<OneOrMany<String>?>("y", default: nil),
      BuiltinParameter<[String]?>("labels", default: nil),
      BuiltinParameter<PathArgument?>("file", default: nil),
      BuiltinParameter("smooth", default: 0.0, shown: "0"), BuiltinParameter("log", default: false),
      BuiltinParameter("live", default: false)
    ) { [self] _, what, y, labels, file, smoothing, isLogarithmic, isLive in
      if isLive {
        throw Fault(
          .unsupported, "a picture that follows a run cannot be drawn yet",
          remedy: "plot(file=\"curves.png\") after it", argument: ["live"])
      }
      let request = PlotRequest(
        what: what, names: y?.values ?? [], labels: labels, smoothing: smoothing,
        isLogarithmic: isLogarithmic)
      try plot(RunChart(request, runs).chart, into: file?.path)
      return .none
    }
  }

  private func plot(_ chart: Chart, into file: String?) throws {
    let gnuplot = try Gnuplot.find()
    guard let file else {
      output.write(try chart.text(with: gnuplot), to: .result)
      return
    }
    try chart.write(to: file, with: gnuplot)
    note("drew \(file)")
  }
}
