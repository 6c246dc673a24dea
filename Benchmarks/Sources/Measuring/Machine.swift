import Foundation

/// Seconds all processors spent on anything but idling and waiting for disks; 0 where the system does
/// not say.
public func busySeconds() -> Double {
  guard let file = FileHandle(forReadingAtPath: "/proc/stat") else { return 0 }
  let text = String(decoding: file.availableData, as: UTF8.self)
  let ticks = text.prefix { !$0.isNewline }.split(separator: " ").dropFirst().prefix(8)
    .compactMap { Double($0) }
  guard ticks.count == 8 else { return 0 }
  return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / Double(sysconf(Int32(_SC_CLK_TCK)))
}

/// Nil of nothing.
public func median(_ values: [Double]) -> Double? {
  let sorted = values.sorted()
  return sorted.isEmpty ? nil : sorted[sorted.count / 2]
}
