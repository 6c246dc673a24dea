import Components
import Engine
import Plotting
import Script

/// `plot`: curves of runs, spreads of values, confusions of classes.
extension EtudeSession {
  var plotAction: Builtin {
    Builtin(
      "plot",
      "Draws series by name, runs, tensors or label maps; file= makes .svg, .png or .pdf.",
      effect: .action, anyNumberOf: "what",
      BuiltinParameter<OneOrMany<String>?>("y", default: nil),
      BuiltinParameter<PlotKind?>("kind", default: nil),
      BuiltinParameter<[String]?>("labels", default: nil),
      BuiltinParameter<PathArgument?>("file", default: nil),
      BuiltinParameter("smooth", default: 0.0, shown: "0"),
      BuiltinParameter<Either<Bool, LogarithmicAxes.Choice>>("log", default: .first(false)),
      BuiltinParameter<Theme?>("theme", default: nil), BuiltinParameter<Bool?>("live", default: nil)
    ) { [self] _, what, y, kind, labels, file, smoothing, axes, theme, isLive in
      let request = PlotRequest(
        what: what, names: y?.values ?? [], kind: kind, labels: labels, smoothing: smoothing,
        axes: LogarithmicAxes(axes))
      switch isLive {
      case true?: try followTrainings(request, file?.path, theme)
      case false?: live.withLock { $0 = nil }
      case nil: try put(RunChart(request, runs).chart, into: file?.path, theme)
      }
      return .none
    }
  }
}
