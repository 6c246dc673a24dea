import Engine
import Script

extension Run {
  /// Its line, and for each metric a table of the cases.
  func html(number: Int?, title: String = "", showsTime: Bool, isBrief: Bool = false) -> String {
    let parts = (title.isEmpty ? [] : [title]) + parts(number: number, showsTime: showsTime)
    // A file follows its arrow.
    let line = parts.joined(separator: " · ").replacing("· →", with: "→")
    let tables = isBrief ? [] : details.map(\.html)
    return (["<p>\(StyledHTML.escaped(line))</p>"] + tables).joined(separator: "\n")
  }
}

extension MetricDetails {
  /// One row a case, one column a class; the mean on the last row.
  fileprivate var html: String {
    let classes = (0..<(rows.first?.count ?? 0)).map(className)
    func text(_ value: Double) -> String {
      value.isNaN ? "empty" : PythonNumber.text(of: value, decimals: 4)
    }
    let cases = rows.indices.map { [caseName($0)] + rows[$0].map(text) }
    let last =
      ["mean, \(name)"]
      + classes.indices.map { column in
        text(mean(of: column) ?? .nan)
      }
    return Table(
      cases + [last], head: ["case"] + classes, right: Set(1..<(classes.count + 1))
    ).html
  }
}
