/// A metric's value of one validation with what it is made of.
public struct MetricDetails: Sendable {
  public let name: String
  public let value: Double
  /// The file each row came from.
  public let cases: [String]
  /// One row a case, one column a class; NaN where the class is empty in the truth.
  public let rows: [[Double]]
  /// The class of each column, `class1` where the metric knows no better.
  public let classNames: [String]
  /// Names of the data list for the classes, by number.
  public var labels: [Int: String] = [:]

  /// `val_mean_dice 0.8712  n=9   spleen 0.8712 (min 0.801 spleen_32, max 0.923 spleen_9)   empty in
  /// truth: 0, left out`
  public var line: String {
    var parts = ["\(name) \(PythonNumber.text(of: value, decimals: 4))  n=\(rows.count)"]
    for column in 0..<(rows.first?.count ?? 0) {
      parts.append("\(className(column)) \(describe(column))")
    }
    let empty = rows.joined().count { $0.isNaN }
    parts.append("empty in truth: \(empty), left out")
    return parts.joined(separator: "   ")
  }

  /// What the metric calls `class1` is `labels[1]` where the data list names it. A single column that
  /// the metric calls `class0` is the only class beside the background.
  public func className(_ column: Int) -> String {
    let name = column < classNames.count ? classNames[column] : "class\(column)"
    let isOnlyClass = rows.first?.count == 1 && name == "class0" && labels.count == 2
    let number = isOnlyClass ? 1 : Int(name.dropFirst(5))
    return (name.hasPrefix("class") ? number.flatMap { labels[$0] } : nil) ?? name
  }

  /// Over the cases that have the class; nil when there are none.
  public func mean(of column: Int) -> Double? {
    let values = rows.map { $0[column] }.filter { !$0.isNaN }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  public func caseName(_ row: Int) -> String {
    row < cases.count && !cases[row].isEmpty ? PathName.stem(of: cases[row]) : "case \(row)"
  }

  private func describe(_ column: Int) -> String {
    let present = rows.indices.filter { !rows[$0][column].isNaN }
    guard let lowest = present.min(by: { rows[$0][column] < rows[$1][column] }),
      let highest = present.max(by: { rows[$0][column] < rows[$1][column] }),
      let mean = mean(of: column)
    else { return "in no case" }
    return
      "\(PythonNumber.text(of: mean, decimals: 4)) (min \(PythonNumber.text(of: rows[lowest][column], decimals: 3)) "
      + "\(caseName(lowest)), max \(PythonNumber.text(of: rows[highest][column], decimals: 3)) \(caseName(highest)))"
  }
}
