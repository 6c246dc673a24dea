import Components

/// What `plot(…)` was asked for.
struct PlotRequest {
  /// Names of series, series, runs, tensors, numbers, lists and dicts of them.
  var what: [Value] = []
  /// The series to draw of the runs; none draws them all.
  var names: [String] = []
  /// Nil goes by what is there to draw.
  var kind: PlotKind?
  /// What the key calls the runs or the samples, in their order.
  var labels: [String]?
  /// Share of the past in each point.
  var smoothing = 0.0
  var axes = LogarithmicAxes()
}

/// How things are drawn.
enum PlotKind: String, ChoiceArgument {
  case curves, hist, boxes, confusion
}

/// `log=True` is the upright axis, as losses are looked at.
struct LogarithmicAxes: Sendable, Equatable {
  enum Choice: String, ChoiceArgument { case x, y, xy }

  var x = false
  var y = false

  init() {}

  init(_ argument: Either<Bool, Choice>) {
    switch argument {
    case .first(let isOn): y = isOn
    case .second(let axes): (x, y) = (axes != .y, axes != .x)
    }
  }
}
