import Script

/// Rows of cells as a table that fits its screen.
struct TextTable {
  var rows: [[String]]
  /// Blanks before each row.
  var indent = 2

  /// Columns are as wide as their widest cell; the last one is continued below itself. Where that
  /// leaves it fewer than 30 columns, its text stands on lines of its own.
  func text(columns: Int, style: TextStyle = TextStyle(hasColor: false)) -> String {
    guard let count = rows.map(\.count).max(), count > 0 else { return "" }
    let widths = (0..<count - 1).map { column in
      rows.map { $0.count > column ? ScreenText.width(of: $0[column]) : 0 }.max() ?? 0
    }
    let margin = String(repeating: " ", count: indent)
    let before = indent + widths.map { $0 + 2 }.reduce(0, +)
    let isNarrow = columns - before < 30
    return rows.flatMap { row -> [String] in
      let cells = row.dropLast()
      let last = row.count == count ? row[count - 1] : ""
      if isNarrow {
        let name = margin + style.paint(cells.first ?? "", .number)
        let others = cells.dropFirst().filter { !$0.isEmpty }.joined(separator: "  ")
        let head =
          others.isEmpty
          ? [name]
          : ScreenText.wrapped(name + "  ", others, indent: indent + 4, width: columns)
        let rest = ScreenText.wrapped(margin + "    ", last, indent: indent + 4, width: columns)
        return head + (last.isEmpty ? [] : rest)
      }
      var lead = margin
      for (index, cell) in cells.enumerated() {
        let blanks = String(repeating: " ", count: widths[index] - ScreenText.width(of: cell) + 2)
        lead += (index == 0 ? style.paint(cell, .number) : cell) + blanks
      }
      let lines = ScreenText.wrapped(lead, last, indent: before, width: columns)
      return lines.map { $0.trimmingTrailingBlanks }
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
