import Components
import Script

/// What a session says about mistakes and about names.
extension EtudeSession {
  /// The screen for a fault: what, where, got and wanted, the nearest name, what to try; without a
  /// newline at its end.
  public static func screen(
    for fault: Fault, width: Int, hasColor: Bool, isASCII: Bool = false
  ) -> String {
    // Nothing in the text is at fault when somebody asked to stop.
    if fault.kind == .interrupted { return fault.message }
    let text = FaultScreen(width: width, hasColor: hasColor, isASCII: isASCII).text(fault)
    return text.last == "\n" ? String(text.dropLast()) : text
  }

  /// One line about a finding that stops nothing.
  func note(_ finding: Finding) {
    let fault = finding.fault
    let place = fault.place.map { "\($0.source):\($0.line):\($0.column): " } ?? ""
    let hint = fault.suggestion.map { "; did you mean \($0)?" } ?? ""
    note("\(place)\(finding.severity): \(fault.message)\(hint)")
  }
}

/// Several mistakes at once: every one of them is shown.
public struct FaultList: Error {
  public let faults: [Fault]
  init(_ faults: [Fault]) { self.faults = faults }
}
