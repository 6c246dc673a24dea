import Foundation
import Glibc
import Measuring

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
    busy = busySeconds()
    cpu = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)
    wall = Self.seconds(CLOCK_MONOTONIC)
  }

  func stop() -> Timing {
    let wall = Self.seconds(CLOCK_MONOTONIC) - wall
    let cpu = Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
    let cores = Double(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let others = max(0, busySeconds() - busy - cpu) / (wall * cores)
    return Timing(wall: wall, cpu: cpu, others: others)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
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
    medianSeconds = median(samples.map(\.wall)) ?? .nan
    leastSeconds = samples.map(\.wall).min() ?? .nan
    cpuSeconds = median(samples.map(\.cpu)) ?? .nan
    others = median(samples.map(\.others)) ?? .nan
  }
}

struct Report: Codable {
  var times: [String: Figures]
  var peakMiB: Double
}
