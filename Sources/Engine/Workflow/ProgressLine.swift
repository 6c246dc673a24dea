import Components

/// Where a training stands, for the live line.
struct TrainingProgress {
  var epoch: Int
  var epochs: Int
  var iteration: Int
  var iterations: Int
  var loss: Double
  var learningRate: Double
  /// Items of the batch just done.
  var items: Int
  /// Time spent waiting for data since the run began.
  var waited: Duration
  /// Until the run ends.
  var iterationsLeft: Int
}

/// The one live line of a run: at most ten a second on a terminal, elsewhere a plain line at most
/// every half minute. A reader of HTML gets one display instead, whose last state has no times in it,
/// so that it is the same whenever the run is repeated.
final class ProgressLine {
  static let liveInterval = Duration.milliseconds(100)
  static let displayInterval = Duration.milliseconds(250)
  static let plainInterval = Duration.seconds(30)

  private let output: any OutputSink
  private let place: LiveDisplay
  private let now: () -> ContinuousClock.Instant
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?
  private var iterations = 0
  private var items = 0
  private let isRich: Bool
  private var entered: LiveDisplay.Entry?
  private var last: ProgressState?

  init(
    _ output: any OutputSink, in place: LiveDisplay = LiveDisplay(),
    now: @escaping () -> ContinuousClock.Instant = { .now }
  ) {
    (self.output, self.place, self.now) = (output, place, now)
    isRich = output.forms.contains(.html)
    start = now()
    if !output.isLive, !isRich { lastShown = start }
  }

  convenience init(_ context: RunContext) { self.init(context.output, in: context.liveDisplay) }

  /// `12/1260 ▕███  ▏ 3/5  loss 0.4127  lr 0.0002  9.8 vol/s  wait 0 %  left 1 h 12 min`
  func trained(_ progress: TrainingProgress) {
    iterations += 1
    items += progress.items
    show { elapsed in
      let left = elapsed * (Double(progress.iterationsLeft) / Double(iterations))
      return ProgressState(
        title: "\(progress.epoch)/\(progress.epochs)", done: progress.iteration,
        count: progress.iterations,
        facts: [
          "loss \(PythonNumber.text(of: progress.loss, decimals: 4))",
          "lr \(Self.short(progress.learningRate))",
        ],
        passing: [
          "\(rate(elapsed)) vol/s", "wait \(Self.percent(progress.waited, of: elapsed)) %",
          "left \(ElapsedTime.spoken(left))",
        ])
    }
  }

  /// `validation ▕██   ▏ 4/9  0.3 vol/s  left 18 s`
  func validated(iteration: Int, of count: Int, items: Int) {
    iterations += 1
    self.items += items
    show { elapsed in
      let left = elapsed * (Double(count - iteration) / Double(iterations))
      return ProgressState(
        title: "validation", done: iteration, count: count,
        passing: ["\(rate(elapsed)) vol/s", "left \(ElapsedTime.spoken(left))"])
    }
  }

  /// `▕██   ▏ 41/100  lr 0.000181  loss 0.4127  9.8 vol/s`
  func tested(rate: Double, loss: Double, step: Int, of count: Int, items: Int) {
    self.items += items
    show { elapsed in
      ProgressState(
        title: "", done: step, count: count,
        facts: [
          "lr \(Self.short(rate))", "loss \(PythonNumber.text(of: loss, decimals: 4))",
        ],
        passing: ["\(self.rate(elapsed)) vol/s"])
    }
  }

  /// Ends the line; of a display the last state stays.
  func clear() {
    if output.isLive, !isRich { output.write("", to: .progress) }
    guard let entered else { return }
    if entered.isOutermost, var last {
      last.passing = []
      output.show(last.output, as: .live(id: entered.id))
    }
    place.leave()
    self.entered = nil
  }

  private func show(_ state: (Duration) -> ProgressState) {
    let time = now()
    if isRich {
      let entry = entered ?? place.enter()
      entered = entry
      last = state(time - start)
      guard let last, isDue(time, after: Self.displayInterval) else { return }
      output.show(last.output, as: .live(id: entry.id))
    } else if isDue(time, after: output.isLive ? Self.liveInterval : Self.plainInterval) {
      output.write(state(time - start).text, to: output.isLive ? .progress : .note)
    }
  }

  private func isDue(_ time: ContinuousClock.Instant, after interval: Duration) -> Bool {
    if let lastShown, time - lastShown < interval { return false }
    lastShown = time
    return true
  }

  private func rate(_ elapsed: Duration) -> String {
    PythonNumber.text(of: Double(items) / max(elapsed.seconds, 1e-9), decimals: 1)
  }

  private static func percent(_ part: Duration, of whole: Duration) -> Int {
    Int((100 * part.seconds / max(whole.seconds, 1e-9)).rounded())
  }

  /// Three digits that count: `0.0002`, `2e-05`, `0.000181`.
  private static func short(_ value: Double) -> String { PythonNumber.text(of: value, digits: 3) }
}
