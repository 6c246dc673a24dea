import Components

/// Something that is to be said about a config: an error, a warning or a remark, with its place.
public struct Finding: Sendable, Equatable {
  public enum Severity: Int, Sendable, Comparable {
    case note, warning, error

    public static func < (left: Severity, right: Severity) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  public var severity: Severity
  public var fault: Fault
  /// Which kind of mistake it is, for programs and for the list in docs/troubleshooting.md.
  public var code: FindingCode

  /// Without a code, the kind of the fault is the code.
  public init(_ severity: Severity, _ fault: Fault, _ code: FindingCode? = nil) {
    (self.severity, self.fault) = (severity, fault)
    self.code = code ?? FindingCode(of: fault.kind)
  }

  public static func error(_ fault: Fault, _ code: FindingCode? = nil) -> Finding {
    Finding(.error, fault, code)
  }
  public static func warning(_ fault: Fault, _ code: FindingCode? = nil) -> Finding {
    Finding(.warning, fault, code)
  }
  public static func note(_ fault: Fault, _ code: FindingCode? = nil) -> Finding {
    Finding(.note, fault, code)
  }
}

extension Sequence<Finding> {
  /// The faults that keep something from working.
  public var errors: [Fault] { filter { $0.severity == .error }.map(\.fault) }
}
