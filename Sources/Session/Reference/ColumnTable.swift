/// Rows in columns: a head, two blanks between columns, no blanks at the ends of lines. A column without
/// any entry is left out.
struct ColumnTable {
  let text: String

  /// - Parameter right: columns whose entries end under one another.
  init(_ head: [String], _ rows: [[String]], right: Set<Int> = []) {
    let columns = head.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    let lines = [head] + rows
    let widths = columns.map { column in lines.map { $0[column].count }.max() ?? 0 }
    text = lines.map { row in
      let cells = zip(columns, widths).map { column, width in
        let blank = String(repeating: " ", count: width - row[column].count)
        return right.contains(column) ? blank + row[column] : row[column] + blank
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
