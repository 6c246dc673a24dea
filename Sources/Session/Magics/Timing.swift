import Components
import Engine
import Glibc
import Script

extension Magic {
  static let time = Magic(
    "time", "STATEMENT", "Runs a statement, or with %%time a cell, and says how long it took.",
    .code, isInteractive: false, takesCells: true, example: "%time train(epochs=1)"
  ) { session, text in
    let statements = try session.statements(of: text)
    let clock = ContinuousClock()
    let (start, cpu) = (clock.now, ProcessTime.now)
    try session.run(statements)
    session.note(
      "took \(TimeText.text(clock.now - start)), CPU \(TimeText.text(ProcessTime.now - cpu))")
  }

  static let timeit = Magic(
    "timeit", "[-n LOOPS] [-r RUNS] STATEMENT",
    "Runs a statement many times and says how long one takes.", .code, isInteractive: false,
    takesCells: true, options: ["-n", "-r"], example: "%timeit 1 + 1"
  ) { session, text in
    var text = text
    let loops = try text.takeOption("-n")
    let runs = try text.takeOption("-r") ?? 5
    let statements = try session.statements(of: text).map { statement in
      var silent = statement
      silent.isSilent = true
      return silent
    }
    let report = try TimedLoops(loops: loops, runs: runs) {
      for statement in statements { try session.perform(statement) }
    }
    session.output.write(report.text, to: .result)
  }
}

extension EtudeSession {
  /// What a magic was given, as statements.
  func statements(of text: MagicText) throws(Fault) -> [Statement] {
    guard text.text.contains(where: { !$0.isWhitespace }) else {
      throw text.missing("a statement", remedy: Magic.named(text.magic)?.example ?? "")
    }
    return try Parser.script(text.source, in: sources, range: text.range, names: names)
  }
}

extension MagicText {
  /// `-n 100` in front of the statement.
  mutating func takeOption(_ option: String) throws(Fault) -> Int? {
    let words = text.split(separator: " ", maxSplits: 2)
    guard words.first == Substring(option) else { return nil }
    guard words.count > 1, let count = Int(words[1]), count > 0 else {
      throw Fault(
        .usage, "\(option) of %\(magic) is a count of 1 or more",
        got: words.count > 1 ? String(words[1]) : nil, remedy: "%\(magic) \(option) 100 1 + 1",
        place: place)
    }
    let rest = words.count > 2 ? words[2].drop { $0 == " " } : ""
    text = String(rest)
    range = (range.upperBound - text.utf8.count)..<range.upperBound
    return count
  }
}

/// Times a piece of work in loops long enough for the clock.
private struct TimedLoops {
  let loops: Int
  let perLoop: [Duration]

  /// - Parameter loops: Repetitions in each run; nil finds a number that takes a fifth of a second.
  init(loops: Int?, runs: Int, _ work: () throws -> Void) throws {
    let clock = ContinuousClock()
    var count = loops ?? 1
    var first = try clock.measure { for _ in 0..<count { try work() } }
    if loops == nil {
      while first < .milliseconds(200), count < 10_000_000 {
        count *= 10
        first = try clock.measure { for _ in 0..<count { try work() } }
      }
    }
    var durations = [first / count]
    for _ in 1..<max(runs, 1) {
      durations.append(try clock.measure { for _ in 0..<count { try work() } } / count)
    }
    (self.loops, perLoop) = (count, durations)
  }

  var text: String {
    let best = perLoop.min() ?? .zero
    let mean = perLoop.reduce(.zero, +) / perLoop.count
    let runs = "\(perLoop.count) \(perLoop.count == 1 ? "run" : "runs")"
    return "\(TimeText.text(mean)) a loop, best \(TimeText.text(best)) "
      + "(\(runs) of \(loops) \(loops == 1 ? "loop" : "loops"))"
  }
}

/// A duration with three figures and the unit that suits it.
public enum TimeText {
  public static func text(_ duration: Duration) -> String {
    let seconds = duration / .seconds(1)
    switch seconds {
    case ..<1e-6: return figures(seconds * 1e9) + " ns"
    case ..<1e-3: return figures(seconds * 1e6) + " µs"
    case ..<1: return figures(seconds * 1e3) + " ms"
    case ..<60: return figures(seconds) + " s"
    default:
      let whole = Int(seconds.rounded())
      return "\(whole / 60) min \(whole % 60) s"
    }
  }

  private static func figures(_ number: Double) -> String {
    PythonNumber.text(of: number, decimals: number < 10 ? 2 : number < 100 ? 1 : 0)
  }
}

/// Processor time of all threads.
private enum ProcessTime {
  static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
