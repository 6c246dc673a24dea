import Foundation
import Glibc

/// A sample of wall time, this process's processor time, and the share of the machine that other
/// processes used meanwhile: a wall time counts only when that share is small.
struct Timing {
  var wall: Double
  var cpu: Double
  var others: Double
}

struct Clock {
  private let wall: Double
  private let cpu: Double
  private let busy: Double

  init() {
    busy = Self.busySeconds()
    cpu = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)
    wall = Self.seconds(CLOCK_MONOTONIC)
  }

  func stop() -> Timing {
    let wall = Self.seconds(CLOCK_MONOTONIC) - wall
    let cpu = Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
    let cores = Double(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let others = max(0, Self.busySeconds() - busy - cpu) / (wall * cores)
    return Timing(wall: wall, cpu: cpu, others: others)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Seconds all processors spent on anything but idling and waiting for disks.
  private static func busySeconds() -> Double {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return 0 }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return 0 }
    return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}

/// `body` once unmeasured, then as often as asked for.
func timed(_ repeats: Int, warmup: Int = 1, _ body: () throws -> Void) rethrows -> [Timing] {
  for _ in 0..<warmup { try body() }
  return try (0..<repeats).map { _ in
    let clock = Clock()
    try body()
    return clock.stop()
  }
}

/// Largest resident size of this process so far, in MiB.
func peakMemory() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1024
}

/// What is told of the samples of one piece of work.
struct Figures: Codable {
  var medianSeconds, leastSeconds, cpuSeconds, others: Double

  init(_ samples: [Timing]) {
    medianSeconds = median(samples.map(\.wall))
    leastSeconds = samples.map(\.wall).min() ?? .nan
    cpuSeconds = median(samples.map(\.cpu))
    others = median(samples.map(\.others))
  }
}

struct Report: Codable {
  var times: [String: Figures]
  var peakMiB: Double
}

private func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}
