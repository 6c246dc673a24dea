import Components
import TestSupport
import Testing

@testable import Engine
@testable import Session

/// The lines that people and scripts read off a screen, letter by letter.
@Suite struct FixedLinesTests {
  @Test func linesOfARun() throws {
    var history = History()
    history.record("train_loss", 0.913, at: 1, .iteration)
    history.record("train_loss", 0.2871, at: 100, .iteration)
    let run = Run(
      action: .training, history: history, keyMetric: "val_mean_dice", best: 0.8712, bestEpoch: 20,
      epochs: 20, iterations: 100, duration: .seconds(242), checkpoint: "models/model.pt",
      isInterrupted: false, details: [])
    let cases = (0..<9).map { "labelsTr/spleen_\([9, 32, 3, 10, 12, 13, 14, 16, 17][$0]).nii.gz" }
    let dice = [0.923, 0.801, 0.87, 0.87, 0.87, 0.87, 0.88, 0.88, 0.8768]
    let details = MetricDetails(
      name: "val_mean_dice", value: 0.8712, cases: cases, rows: dice.map { [$0] },
      classNames: ["class1"], labels: [0: "background", 1: "spleen"])
    let organs = MetricDetails(
      name: "val_mean_dice", value: 0.8, cases: ["a.nii", "b.nii"],
      rows: [[0.9, 0.7], [0.8, .nan]], classNames: ["class1", "class2"],
      labels: [0: "background", 1: "spleen", 2: "liver"])
    let lines = [
      run.line(number: 3), details.line, organs.line,
    ]
    try lines.joined(separator: "\n").expect("actions/lines")
  }

  @Test func theLiveLine() throws {
    let sink = Terminal()
    var now = ContinuousClock.now
    let start = now
    let line = ProgressLine(sink, now: { now })
    now = start + .milliseconds(2500)
    line.trained(
      TrainingProgress(
        epoch: 12, epochs: 1260, iteration: 3, iterations: 5, loss: 0.41274, learningRate: 0.0002,
        items: 24, waited: .zero, iterationsLeft: 1728))
    try sink.text.expect("actions/live")
  }

  @Test func theLineOfALoad() throws {
    let sink = Terminal()
    let session = EtudeSession(output: sink)
    try session.load(SmallMMAR.example)
    try sink.text.replacing(SmallMMAR.example, with: "examples/spleen").expect("actions/loaded")
  }
}

/// A terminal, on which the live line is drawn again and again.
private final class Terminal: OutputSink {
  private let sink = RecordingSink()
  var isLive: Bool { true }
  var text: String { sink.texts.joined(separator: "\n") }
  func write(_ text: String, to channel: OutputChannel) { sink.write(text, to: channel) }
}
