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

  /// The word that ends at the cursor, and the names it could become.
  public func completions(before text: String) -> (typed: String, candidates: [String]) {
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      scalar == "_" || scalar == "." || scalar.properties.isAlphabetic
        || scalar.properties.numericType != nil
    }
    let scalars = Array(text.unicodeScalars)
    let start = (scalars.lastIndex { !isWord($0) } ?? -1) + 1
    let word = String(String.UnicodeScalarView(scalars[start...]))
    let before: Unicode.Scalar? = start > 0 ? scalars[start - 1] : nil
    return (word, candidates(before: before).filter { $0.hasPrefix(word) && $0 != word }.sorted())
  }

  private func candidates(before mark: Unicode.Scalar?) -> Set<String> {
    switch mark {
    case "@": return Set(Section.allCases.flatMap { bindings.names(in: $0) }).union(["conf"])
    case "<": return Set(bindings.variableNames.map { $0 + ">" })
    default:
      return Set(SessionScope(self, .top).knownNames).union(Builtins.all.map(\.name))
        .union(
          Section.allCases.flatMap { section in
            section == .top ? [] : bindings.names(in: section).map { "\(section.rawValue).\($0)" }
          })
    }
  }
}

/// Several mistakes at once: every one of them is shown.
public struct FaultList: Error {
  public let faults: [Fault]
  init(_ faults: [Fault]) { self.faults = faults }
}
