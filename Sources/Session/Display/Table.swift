import Script

/// Rows of cells under their heads: columns on a screen, a table on a page.
struct Table {
  var head: [String]?
  var rows: [[String]]
  /// Columns whose cells end under one another.
  var right: Set<Int> = []
  /// Blanks before each line of the text.
  var indent = 0

  init(_ rows: [[String]], head: [String]? = nil, right: Set<Int> = [], indent: Int = 0) {
    (self.rows, self.head, self.right, self.indent) = (rows, head, right, indent)
  }

  /// A column without any entry is left out.
  private var columns: [Int] {
    (0..<(rows.map(\.count).max() ?? 0)).filter { column in
      rows.contains { $0.count > column && !$0[column].isEmpty }
    }
  }

  // MARK: Text

  /// Two blanks between columns, none at the ends of lines.
  ///
  /// - Parameter width: The last column is continued below itself where a line would be longer. Where
  ///   that leaves it fewer than 30 columns, its text stands on lines of its own.
  func text(width: Int = .max, style: TextStyle = TextStyle(hasColor: false)) -> String {
    let columns = columns
    guard let last = columns.last else { return "" }
    let lines = (head.map { [$0] } ?? []) + rows
    let widths = columns.map { column in lines.map { ScreenText.width(of: $0[column]) }.max() ?? 0 }
    let before = indent + widths.dropLast().reduce(0) { $0 + $1 + 2 }
    if width - before < 30 {
      return lines.flatMap { narrow($0, columns, width: width, style) }.joined(separator: "\n")
    }
    return lines.flatMap { row in
      var lead = String(repeating: " ", count: indent)
      for (place, column) in columns.dropLast().enumerated() {
        let cell = aligned(row[column], column, widths[place])
        lead += (place == 0 ? style.paint(row[column], .number, within: cell) : cell) + "  "
      }
      let end =
        right.contains(last) ? aligned(row[last], last, widths[widths.count - 1]) : row[last]
      return ScreenText.wrapped(lead, end, indent: before, width: width).map(\.trimmingBlanks)
    }.joined(separator: "\n")
  }

  private func aligned(_ cell: String, _ column: Int, _ width: Int) -> String {
    let blanks = String(repeating: " ", count: width - ScreenText.width(of: cell))
    return right.contains(column) ? blanks + cell : cell + blanks
  }

  /// The last cell below the others.
  private func narrow(
    _ row: [String], _ columns: [Int], width: Int, _ style: TextStyle
  ) -> [String] {
    let margin = String(repeating: " ", count: indent)
    let cells = columns.map { row[$0] }
    let name = margin + style.paint(cells[0], .number)
    let others = cells.dropFirst().dropLast().filter { !$0.isEmpty }.joined(separator: "  ")
    let head =
      others.isEmpty
      ? [name] : ScreenText.wrapped(name + "  ", others, indent: indent + 4, width: width)
    guard cells.count > 1, let last = cells.last, !last.isEmpty else { return head }
    return head + ScreenText.wrapped(margin + "    ", last, indent: indent + 4, width: width)
  }

  // MARK: HTML

  var html: String {
    let columns = columns
    func row(_ cells: [String], _ tag: String) -> String {
      let cells = columns.map { column in
        let style = right.contains(column) ? " style=\"text-align:right\"" : ""
        return "<\(tag)\(style)>\(StyledHTML.escaped(cells[column]))</\(tag)>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    let head = head.map { "<thead>\(row($0, "th"))</thead>\n" } ?? ""
    let body = rows.map { row($0, "td") }.joined(separator: "\n")
    return "<table>\n\(head)<tbody>\n\(body)\n</tbody>\n</table>"
  }
}

extension TextStyle {
  /// Colours a word and leaves the blanks around it alone.
  fileprivate func paint(_ word: String, _ color: Color, within cell: String) -> String {
    guard hasColor, let range = cell.firstRange(of: word), !word.isEmpty else { return cell }
    return cell.replacingCharacters(in: range, with: paint(word, color))
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }

  fileprivate var trimmingBlanks: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
