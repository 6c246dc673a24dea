import Components
import Script

/// What a check found: errors first, in the order of their places.
public struct CheckReport: Sendable {
  public let findings: [Finding]

  /// The same mistake found in two ways is said once; of the same at several places the others are a
  /// note.
  init(_ findings: [Finding]) {
    var kept: [(finding: Finding, others: [Place], places: Set<Place>)] = []
    var alike: [Mistake: [Int]] = [:]
    for finding in findings {
      let fault = finding.fault
      let mistake = Mistake(finding)
      let known = alike[mistake]?.first {
        let other = kept[$0].finding.fault
        if fault.place != nil, other.place == fault.place { return true }
        return (other.got, other.wanted) == (fault.got, fault.wanted) && other.notes == fault.notes
      }
      guard let known else {
        alike[mistake, default: []].append(kept.count)
        kept.append((finding, [], fault.place.map { [$0] } ?? []))
        continue
      }
      if let place = fault.place, kept[known].places.insert(place).inserted {
        kept[known].others.append(place)
      }
    }
    let said = kept.map { finding, others, _ in
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
    let orders = said.map(order)
    self.findings = said.indices.sorted { left, right in
      let (a, b) = (orders[left], orders[right])
      return a == b ? left < right : a < b
    }.map { said[$0] }
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

/// What findings that may be the same have in common.
private struct Mistake: Hashable {
  let severity: Finding.Severity
  let message: String
  let argument: [String]

  init(_ finding: Finding) {
    (severity, message) = (finding.severity, finding.fault.message)
    argument = finding.fault.argument
  }
}
