import Foundation
import Measuring

/// A process that is run to its end.
struct Command {
  var words: [String]
  var environment: [String: String] = [:]

  init(_ words: [String], environment: [String: String] = [:]) {
    (self.words, self.environment) = (words, environment)
  }

  struct Outcome {
    var output: String
    var seconds: Double
    /// Share of the machine that others used meanwhile.
    var others: Double
    var peakMiB: Double
  }

  func run() throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    let (busy, used, start) = (busySeconds(), Self.children().cpu, ContinuousClock.now)
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    // The end of its output is the end of the process; Foundation hears of that some 50 ms later.
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure("\(words.joined(separator: " ")) ended with \(process.terminationStatus)")
    }
    let after = Self.children()
    let others = max(0, busySeconds() - busy - (after.cpu - used))
    let cores = Double(ProcessInfo.processInfo.activeProcessorCount)
    return Outcome(
      output: text, seconds: seconds, others: others / (seconds * cores), peakMiB: after.peakMiB)
  }

  /// Processor seconds of all children so far, and the largest resident size of any.
  private static func children() -> (cpu: Double, peakMiB: Double) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    return (seconds(usage.ru_utime) + seconds(usage.ru_stime), Double(usage.ru_maxrss) / 1024)
  }
}
