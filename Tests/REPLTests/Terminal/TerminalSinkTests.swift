import Components
import Synchronization
import Testing

@testable import REPL

@Suite struct TerminalSinkTests {
  /// What went to which descriptor, in order: `1:text`, `2:text`.
  private final class Record: Sendable {
    let writes = Mutex<[String]>([])
  }

  private func sink(
    isTerminal: Bool, locale: String = "C.UTF-8", columns: Int = 20, rows: Int = 24
  ) -> (TerminalSink, Record) {
    let record = Record()
    let terminal = Terminal(
      color: .auto, environment: Environment(["TERM": "xterm", "LANG": locale]),
      isInput: isTerminal, isOutput: isTerminal, isError: isTerminal)
    let sink = TerminalSink(terminal: terminal, size: { (columns, rows) }) { descriptor, text in
      record.writes.withLock { $0.append("\(descriptor):\(text)") }
    }
    return (sink, record)
  }

  @Test func resultsAndLogGoToStdoutNotesToStderr() {
    let (sink, record) = sink(isTerminal: false)
    sink.write("2", to: .result)
    sink.write("Epoch: 1/2", to: .log)
    sink.write("amp is bfloat16 here", to: .note)
    sink.write("1/2", to: .progress)
    #expect(
      record.writes.withLock(\.self) == ["1:2\n", "1:Epoch: 1/2\n", "2:amp is bfloat16 here\n"])
  }

  @Test func theLiveLineIsReplacedCutAndTakenAway() {
    let (sink, record) = sink(isTerminal: true, columns: 10)
    sink.write("1/20 ▕█ ▏ loss", to: .progress)
    sink.write("2/20", to: .progress)
    sink.write("a result", to: .result)
    sink.clearLiveLine()
    let clear = "\r\u{1B}[2K"
    #expect(
      record.writes.withLock(\.self) == [
        "2:\(clear)1/20 ▕█ ▏", "2:\(clear)2/20", "2:\(clear)", "1:a result\n",
      ])
  }

  @Test func aLivePictureIsDrawnOverTheOneBefore() {
    let (sink, record) = sink(isTerminal: true)
    sink.show(RichOutput("a\nb\nc"), as: .live(id: "1"))
    sink.write("2/20", to: .progress)
    sink.show(RichOutput("d\ne"), as: .live(id: "1"))
    sink.write("Epoch: 1/2", to: .log)
    sink.show(RichOutput("f"), as: .live(id: "1"))
    sink.show(RichOutput("g"), as: .live(id: "2"))
    let clear = "\r\u{1B}[2K"
    #expect(
      record.writes.withLock(\.self) == [
        "1:a\nb\nc\n", "2:\(clear)2/20", "2:\(clear)", "1:\u{1B}[3A\u{1B}[J", "1:d\ne\n",
        "1:Epoch: 1/2\n", "1:f\n", "1:g\n",
      ])
  }

  /// What has scrolled away cannot be taken back.
  @Test func aPictureHigherThanTheScreenStays() {
    let (sink, record) = sink(isTerminal: true, rows: 3)
    for _ in 0..<2 { sink.show(RichOutput("a\nb\nc"), as: .live(id: "1")) }
    #expect(record.writes.withLock(\.self) == ["1:a\nb\nc\n", "1:a\nb\nc\n"])
    let (file, written) = self.sink(isTerminal: false)
    for text in ["a", "b"] { file.show(RichOutput(text), as: .live(id: "1")) }
    #expect(written.writes.withLock(\.self) == ["1:a\n", "1:b\n"])
  }

  @Test func withoutUnicodeTheFewSignsBecomeASCII() {
    let (sink, record) = sink(isTerminal: false, locale: "C")
    sink.write("▕█▏ 0.9 → 0.3", to: .result)
    #expect(record.writes.withLock(\.self) == ["1:-#- 0.9 -> 0.3\n"])
  }

  @Test(arguments: [("abc", 80, "abc"), ("abcdef", 4, "abc"), ("a\nb", 80, "a"), ("abc", 0, "")])
  func liveLinesFit(text: String, columns: Int, expected: String) {
    #expect(LiveLine.fit(text, columns: columns) == expected)
  }
}
