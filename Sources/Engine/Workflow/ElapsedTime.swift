/// How times and numbers are written in log lines and summaries.
enum ElapsedTime {
  /// `01:02:03`, as ignite's engine logs it.
  static func clock(_ duration: Duration) -> String {
    let seconds = Int(duration.seconds.rounded())
    return [seconds / 3600, seconds / 60 % 60, seconds % 60].map(twoDigits).joined(separator: ":")
  }

  /// `3.4 s`, `12 s`, `4 min 02 s`, `1 h 12 min`.
  static func spoken(_ duration: Duration) -> String {
    let exact = max(0, duration.seconds)
    if exact < 9.95 { return "\(PythonNumber.text(of: exact, decimals: 1)) s" }
    let seconds = Int(exact.rounded())
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(twoDigits(seconds % 60)) s" }
    return "\(seconds / 3600) h \(twoDigits(seconds / 60 % 60)) min"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
