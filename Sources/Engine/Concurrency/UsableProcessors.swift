import Glibc

/// How many processors this process may keep busy: those of its affinity mask (`taskset`), as many as
/// its control group's quota pays for, and no more than `OMP_NUM_THREADS` asks for.
public enum UsableProcessors {
  /// At least 1. Read once: what a process may use is settled before it starts.
  public static let count = max(1, [affinity, quota, wanted].compactMap { $0 }.min() ?? online)

  private static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  private static var affinity: Int? {
    lines(of: "/proc/self/status").lazy.compactMap { affinity(ofLine: $0) }.first
  }

  /// The bits set in `Cpus_allowed:\t00000000,00000003`; nil for another line.
  static func affinity(ofLine line: String) -> Int? {
    let name = "Cpus_allowed:"
    guard line.hasPrefix(name) else { return nil }
    return line.dropFirst(name.count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
  }

  /// Both generations of control groups; a group of its own sees itself as the root.
  private static var quota: Int? {
    if let line = text(of: "/sys/fs/cgroup/cpu.max") { return quota(ofLine: line) }
    guard let quota = text(of: "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
      let period = text(of: "/sys/fs/cgroup/cpu/cpu.cfs_period_us")
    else { return nil }
    return self.quota(ofLine: "\(quota) \(period)")
  }

  /// Processors of `150000 100000`, rounded up to 2; nil for `max 100000` and `-1 100000`.
  static func quota(ofLine line: String) -> Int? {
    let words = line.split(whereSeparator: \.isWhitespace).map { Int($0) }
    guard words.count == 2, let quota = words[0], let period = words[1], quota > 0, period > 0
    else { return nil }
    return max(1, (quota + period - 1) / period)
  }

  private static var wanted: Int? {
    getenv("OMP_NUM_THREADS").flatMap { wanted(String(cString: $0)) }
  }

  /// The first number of `4` or `4,2`, as OpenMP reads it; nil for anything that is none.
  static func wanted(_ text: String) -> Int? {
    text.split(separator: ",").first.flatMap { Int($0.filter { $0 != " " }) }
      .flatMap { $0 > 0 ? $0 : nil }
  }

  private static func text(of path: String) -> String? { lines(of: path).first }

  /// None when it cannot be read: which of these files there are differs from system to system.
  private static func lines(of path: String) -> [String] {
    guard let file = fopen(path, "re") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      lines.append(
        String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    return lines
  }
}
