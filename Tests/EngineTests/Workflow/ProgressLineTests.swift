import Components
import Synchronization
import Testing

@testable import Engine

@Suite struct ProgressLineTests {
  /// A clock that a test moves.
  final class Clock: Sendable {
    private let time: Mutex<ContinuousClock.Instant>
    init() { time = Mutex(.now) }
    func advance(by duration: Duration) { time.withLock { $0 += duration } }
    var now: ContinuousClock.Instant { time.withLock { $0 } }
  }

  static func progress(_ iteration: Int) -> TrainingProgress {
    TrainingProgress(
      epoch: 12, epochs: 1260, iteration: iteration, iterations: 5, loss: 0.41274,
      learningRate: 0.0002, items: 8, waited: .milliseconds(400), iterationsLeft: 100)
  }

  @Test func theLiveLine() {
    let (sink, clock) = (ToySink(isLive: true), Clock())
    let line = ProgressLine(sink, now: { clock.now })
    clock.advance(by: .seconds(40))
    line.trained(Self.progress(3))
    #expect(
      sink.lines(.progress) == [
        "12/1260 ▕███  ▏ 3/5  loss 0.4127  lr 0.0002  0.2 vol/s  wait 1 %  left 1 h 06 min"
      ])
  }

  @Test func noMoreThanTenASecond() {
    let (sink, clock) = (ToySink(isLive: true), Clock())
    let line = ProgressLine(sink, now: { clock.now })
    for _ in 0..<100 {
      clock.advance(by: .milliseconds(10))
      line.trained(Self.progress(1))
    }
    #expect(sink.lines(.progress).count == 10)
  }

  @Test func inAFileAPlainLineEveryHalfMinute() {
    let (sink, clock) = (ToySink(), Clock())
    let line = ProgressLine(sink, now: { clock.now })
    for _ in 0..<70 {
      clock.advance(by: .seconds(1))
      line.trained(Self.progress(1))
    }
    line.clear()
    #expect(sink.lines(.progress).isEmpty)
    #expect(sink.notes.count == 2)
    #expect(
      sink.notes[1]
        == "12/1260 ▕█    ▏ 1/5  loss 0.4127  lr 0.0002  8.0 vol/s  wait 1 %  left 1 min 40 s")
  }

  @Test func theValidationLine() {
    let (sink, clock) = (ToySink(isLive: true), Clock())
    let line = ProgressLine(sink, now: { clock.now })
    clock.advance(by: .seconds(10))
    line.validated(iteration: 1, of: 4, items: 1)
    #expect(sink.lines(.progress) == ["validation ▕█    ▏ 1/4  0.1 vol/s  left 30 s"])
  }

  @Test(arguments: [
    (Duration.milliseconds(340), "0.3 s"), (.seconds(9.94), "9.9 s"), (.seconds(9.96), "10 s"),
    (.seconds(59.4), "59 s"), (.seconds(60), "1 min 00 s"), (.seconds(242), "4 min 02 s"),
    (.seconds(3599.6), "1 h 00 min"), (.seconds(4320), "1 h 12 min"),
  ])
  func times(duration: Duration, text: String) {
    #expect(ElapsedTime.spoken(duration) == text)
  }

  @Test func clockTimes() {
    #expect(ElapsedTime.clock(.seconds(3723.4)) == "01:02:03")
    #expect(ElapsedTime.clock(.milliseconds(20)) == "00:00:00")
  }

  /// Keeps what is shown, as a page would.
  private final class Page: OutputSink {
    let shown = Mutex<[(text: String, id: String)]>([])
    let forms: Set<RichForm> = [.text, .html]
    func write(_ text: String, to channel: OutputChannel) {}
    func show(_ output: RichOutput, as role: OutputRole) {
      guard case .live(let id) = role else { return }
      shown.withLock { $0.append((output.text, id)) }
    }
  }

  @Test func aPageGetsFourStatesASecondAndALastOneWithoutTimes() {
    let (page, clock) = (Page(), Clock())
    let line = ProgressLine(page, now: { clock.now })
    for iteration in 1...100 {
      clock.advance(by: .milliseconds(10))
      line.trained(Self.progress(min(iteration, 5)))
    }
    line.clear()
    let shown = page.shown.withLock { $0 }
    #expect(shown.count == 5)
    #expect(shown.last?.text == "12/1260 ▕█████▏ 5/5  loss 0.4127  lr 0.0002")
    #expect(Set(shown.map(\.id)).count == 1)
  }

  @Test func aValidationShowsItselfWhereItsTrainingDoes() {
    let (page, clock, place) = (Page(), Clock(), LiveDisplay())
    let training = ProgressLine(page, in: place, now: { clock.now })
    training.trained(Self.progress(1))
    let validation = ProgressLine(page, in: place, now: { clock.now })
    validation.validated(iteration: 1, of: 2, items: 1)
    validation.clear()
    training.clear()
    let next = ProgressLine(page, in: place, now: { clock.now })
    next.trained(Self.progress(2))
    next.clear()
    let shown = page.shown.withLock { $0 }
    #expect(
      shown.map { $0.text.prefix(10) } == [
        "12/1260 ▕█", "validation", "12/1260 ▕█", "12/1260 ▕█", "12/1260 ▕█",
      ])
    #expect(Set(shown.prefix(3).map(\.id)).count == 1)
    #expect(shown[3].id != shown[0].id, "another run, another display")
  }
}
