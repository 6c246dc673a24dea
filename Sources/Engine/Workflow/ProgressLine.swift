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
/// every half minute.
final class ProgressLine {
  static let liveInterval = Duration.milliseconds(100)
  static let plainInterval = Duration.seconds(30)

  private let output: any OutputSink
  private let now: () -> ContinuousClock.Instant
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?
  private var iterations = 0
  private var items = 0

  init(
    _ output: any OutputSink, now: @escaping () -> ContinuousClock.Instant = { .now }
  ) {
    (self.output, self.now) = (output, now)
    start = now()
    if !output.isLive { lastShown = start }
  }

  /// `12/1260 ▕███  ▏ 3/5  loss 0.4127  lr 0.0002  9.8 vol/s  wait 0 %  left 1 h 12 min`
  func trained(_ progress: TrainingProgress) {
    iterations += 1
    items += progress.items
    show { elapsed in
      let left = elapsed * (Double(progress.iterationsLeft) / Double(iterations))
      return [
        "\(progress.epoch)/\(progress.epochs) \(Self.bar(progress.iteration, progress.iterations))",
        "loss \(PythonNumber.text(of: progress.loss, decimals: 4))",
        "lr \(Self.short(progress.learningRate))",
        "\(rate(elapsed)) vol/s", "wait \(Self.percent(progress.waited, of: elapsed)) %",
        "left \(ElapsedTime.spoken(left))",
      ]
    }
  }

  /// `validation ▕██   ▏ 4/9  0.3 vol/s  left 18 s`
  func validated(iteration: Int, of count: Int, items: Int) {
    iterations += 1
    self.items += items
    show { elapsed in
      let left = elapsed * (Double(count - iteration) / Double(iterations))
      return [
        "validation \(Self.bar(iteration, count))", "\(rate(elapsed)) vol/s",
        "left \(ElapsedTime.spoken(left))",
      ]
    }
  }

  /// `▕██   ▏ 41/100  lr 0.000181  loss 0.4127  9.8 vol/s`
  func tested(rate: Double, loss: Double, step: Int, of count: Int, items: Int) {
    self.items += items
    show { elapsed in
      [
        Self.bar(step, count), "lr \(Self.short(rate))",
        "loss \(PythonNumber.text(of: loss, decimals: 4))", "\(self.rate(elapsed)) vol/s",
      ]
    }
  }

  func clear() { if output.isLive { output.write("", to: .progress) } }

  private func show(_ parts: (Duration) -> [String]) {
    let time = now()
    let interval = output.isLive ? Self.liveInterval : Self.plainInterval
    if let lastShown, time - lastShown < interval { return }
    lastShown = time
    output.write(
      parts(time - start).joined(separator: "  "), to: output.isLive ? .progress : .note)
  }

  private func rate(_ elapsed: Duration) -> String {
    PythonNumber.text(of: Double(items) / max(elapsed.seconds, 1e-9), decimals: 1)
  }

  private static func percent(_ part: Duration, of whole: Duration) -> Int {
    Int((100 * part.seconds / max(whole.seconds, 1e-9)).rounded())
  }

  private static func bar(_ done: Int, _ count: Int) -> String {
    let width = 5
    let filled = count > 0 ? min(width, done * width / count) : 0
    let cells =
      String(repeating: "█", count: filled) + String(repeating: " ", count: width - filled)
    return "▕\(cells)▏ \(done)/\(count)"
  }

  /// Three digits that count: `0.0002`, `2e-05`, `0.000181`.
  private static func short(_ value: Double) -> String { PythonNumber.text(of: value, digits: 3) }
}
