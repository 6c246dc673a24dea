import Components

/// The status a run of the program ends with.
enum ExitStatus {
  static let timedOut: Int32 = 124

  /// - Parameter signal: The signal that asked to stop, if one did.
  static func of(_ fault: Fault, signal: Int32?) -> Int32 {
    if let signal { return 128 + signal }
    switch fault.kind {
    case .usage, .syntax: return 2
    case .interrupted: return 130
    default: return 1
    }
  }
}
