import Components
import Script

/// What a check found: errors first, in the order of their places.
public struct CheckReport: Sendable {
  public let findings: [Finding]

  /// The same mistake found in two ways is said once; of the same at several places the others are a
  /// note.
  init(_ findings: [Finding]) {
    var kept: [(finding: Finding, others: [Place])] = []
    for finding in findings {
      let fault = finding.fault
      let known = kept.firstIndex {
        let other = $0.finding.fault
        guard other.message == fault.message, other.argument == fault.argument,
          $0.finding.severity == finding.severity
        else { return false }
        if fault.place != nil, other.place == fault.place { return true }
        return (other.got, other.wanted) == (fault.got, fault.wanted) && other.notes == fault.notes
      }
      guard let known else {
        kept.append((finding, []))
        continue
      }
      if let place = fault.place, place != kept[known].finding.fault.place,
        !kept[known].others.contains(place)
      {
        kept[known].others.append(place)
      }
    }
    let said = kept.map { finding, others in
      var finding = finding
      if !others.isEmpty {
        let places = others.prefix(3).map { "\($0.source):\($0.line):\($0.column)" }
        let rest = others.count - places.count
        finding.fault.notes.append(
          "also at \(places.joined(separator: ", "))" + (rest > 0 ? " and \(rest) more" : ""))
      }
      return finding
    }
    func order(_ finding: Finding) -> (Int, String, Int, Int) {
      let place = finding.fault.place
      return (
        -finding.severity.rawValue, place?.source ?? "~", place?.line ?? 0, place?.column ?? 0
      )
    }
    self.findings = said.enumerated().sorted { left, right in
      let (a, b) = (order(left.element), order(right.element))
      return a == b ? left.offset < right.offset : a < b
    }.map(\.element)
  }

  public var errorCount: Int { findings.count { $0.severity == .error } }
  public var warningCount: Int { findings.count { $0.severity == .warning } }

  /// `0 errors, 2 warnings`
  public var summary: String {
    "\(errorCount) \(errorCount == 1 ? "error" : "errors"), "
      + "\(warningCount) \(warningCount == 1 ? "warning" : "warnings")"
  }

  /// Every finding with its place, then the summary; without a newline at its end.
  public func text(width: Int, hasColor: Bool, isASCII: Bool = false) -> String {
    let screen = FaultScreen(width: width, hasColor: hasColor, isASCII: isASCII)
    return findings.map { screen.text($0.fault, severity: $0.severity) }.joined() + summary
  }

  /// The table of all codes, in Markdown.
  public static var reference: String {
    let rows = CheckRules.codes.map { "| `\($0.name)` | \($0.meaning) |" }
    return (["| code | meaning |", "| --- | --- |"] + rows).joined(separator: "\n") + "\n"
  }

  /// One object a line: `severity code file line column path message got wanted suggestion`.
  public var jsonLines: String {
    findings.map { FaultRecord.json($0) }.joined(separator: "\n")
  }
}
