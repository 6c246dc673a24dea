import Components
import Script

/// Variables, references, `ref`s and circles.
///
/// Without an environment nobody can know its variables: those that are not set are one remark.
struct NameRule: CheckRule {
  static let codes = [
    FindingCode("unset-variables", "Variables that an environment would set are not set.")
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    let bindings = subject.bindings
    let unset = subject.graph.unsetVariables
    // One that looks like a name there is was misspelt, whatever an environment holds.
    let expected =
      subject.hasEnvironment
      ? [] : unset.filter { Spelling.nearest(to: $0.name, among: bindings.variableNames) == nil }
    var findings = subject.graph.check(withoutVariables: Set(expected.map(\.name)))
    if let first = expected.first {
      let names = expected.map(\.name).joined(separator: ", ")
      findings.append(
        .note(
          Fault(
            .unknownName, "not set here: \(names)",
            remedy: "--set \(first.name)=…, or -e with an environment.json",
            notes: ["there is no environment.json; what reads them was not checked"]),
          Self.codes[0]))
    }
    return findings
  }
}
