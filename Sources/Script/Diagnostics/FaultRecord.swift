import Components

/// A fault as one line of JSON, for programs; every key is always there.
public enum FaultRecord {
  public static func json(_ fault: Fault, severity: Finding.Severity = .error) -> String {
    let fields: [(String, String?)] = [
      ("severity", quoted(severity.word)),
      ("code", quoted(fault.kind.rawValue)),
      ("file", fault.place.map { quoted($0.source) }),
      ("line", fault.place.map { String($0.line) }),
      ("column", fault.place.map { String($0.column) }),
      ("path", fault.path.map(quoted)),
      ("message", quoted(fault.headline)),
      ("got", fault.got.map(quoted)),
      ("wanted", fault.wanted.map(quoted)),
      ("suggestion", (fault.suggestion ?? fault.remedy).map(quoted)),
    ]
    return "{" + fields.map { "\(quoted($0.0)):\($0.1 ?? "null")" }.joined(separator: ",") + "}"
  }

  private static func quoted(_ text: String) -> String { JSONWriter.quoted(text) }
}
