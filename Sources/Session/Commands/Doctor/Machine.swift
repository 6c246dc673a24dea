import Engine
import Glibc

/// What the kernel says about the machine, read once.
struct Machine: Sendable, Equatable {
  var processorName: String
  var processorFeatures: Set<String>
  var processors: Int
  /// How many of them this process may run on.
  var usableProcessors: Int
  /// In bytes.
  var memory: Int
  var memoryAvailable: Int
  /// The control group's limit in bytes; nil without one.
  var memoryLimit: Int?

  /// In bytes: all of it, or what the control group allows.
  var usableMemory: Int { min(memory, memoryLimit ?? memory) }

  static func current() -> Machine {
    let processor = parseProcessor(text(of: "/proc/cpuinfo"))
    let memory = parseMemory(text(of: "/proc/meminfo"))
    let online = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return Machine(
      processorName: processor.name, processorFeatures: processor.features, processors: online,
      usableProcessors: UsableProcessors.count,
      memory: memory.total, memoryAvailable: memory.available,
      memoryLimit: parseLimit(
        text(of: "/sys/fs/cgroup/memory.max")
          ?? text(of: "/sys/fs/cgroup/memory/memory.limit_in_bytes")))
  }

  /// `model name` and `flags` (x86) or `Features` (arm) of the first processor.
  static func parseProcessor(_ text: String?) -> (name: String, features: Set<String>) {
    var (name, features): (String, Set<String>) = ("unknown", [])
    for line in (text ?? "").split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = line[..<colon].filter { $0 != "\t" }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      if key == "model name", name == "unknown" { name = String(value) }
      if key == "flags" || key == "Features", features.isEmpty {
        features = Set(value.split(separator: " ").map(String.init))
      }
    }
    return (name, features)
  }

  /// Bytes; the kernel counts in KiB.
  static func parseMemory(_ text: String?) -> (total: Int, available: Int) {
    func bytes(_ key: String) -> Int {
      for line in (text ?? "").split(separator: "\n") where line.hasPrefix(key + ":") {
        let number = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return (number ?? 0) * 1024
      }
      return 0
    }
    return (bytes("MemTotal"), bytes("MemAvailable"))
  }

  /// Nil for `max` and for the huge number that stands for it.
  static func parseLimit(_ text: String?) -> Int? {
    guard let text, let limit = Int(text.filter { !$0.isWhitespace }) else { return nil }
    return limit < 1 << 50 ? limit : nil
  }

  /// Nil when it cannot be read: these files differ from system to system.
  private static func text(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
