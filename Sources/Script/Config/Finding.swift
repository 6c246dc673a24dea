import Components

/// Something a reader of a config has to say: an error, a warning or a remark, with its place.
public struct Finding: Sendable, Equatable {
  public enum Severity: Int, Sendable, Comparable {
    case note, warning, error

    public static func < (left: Severity, right: Severity) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  public var severity: Severity
  public var fault: Fault

  public init(_ severity: Severity, _ fault: Fault) {
    (self.severity, self.fault) = (severity, fault)
  }

  public static func error(_ fault: Fault) -> Finding { Finding(.error, fault) }
  public static func warning(_ fault: Fault) -> Finding { Finding(.warning, fault) }
  public static func note(_ fault: Fault) -> Finding { Finding(.note, fault) }
}

extension Sequence<Finding> {
  /// The faults that keep something from working.
  public var errors: [Fault] { filter { $0.severity == .error }.map(\.fault) }
}
