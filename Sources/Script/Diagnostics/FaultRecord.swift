import Components

/// A finding as one line of JSON, for programs; every key is always there.
public enum FaultRecord {
  public static func json(_ finding: Finding) -> String {
    let fault = finding.fault
    let fields: [(String, String?)] = [
      ("severity", finding.severity.word.jsonQuoted),
      ("code", finding.code.name.jsonQuoted),
      ("file", fault.place?.source.jsonQuoted),
      ("line", fault.place.map { String($0.line) }),
      ("column", fault.place.map { String($0.column) }),
      ("path", fault.path?.jsonQuoted),
      ("message", fault.headline.jsonQuoted),
      ("got", fault.got?.jsonQuoted),
      ("wanted", fault.wanted?.jsonQuoted),
      ("suggestion", (fault.suggestion ?? fault.remedy)?.jsonQuoted),
    ]
    return "{" + fields.map { "\($0.0.jsonQuoted):\($0.1 ?? "null")" }.joined(separator: ",") + "}"
  }
}
