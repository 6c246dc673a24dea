extension Completions {
  /// How a terminal lists the items: arguments and what else has few of its kind one a row, with type
  /// and default; names in columns.
  ///
  /// - Parameter rows: At most; then how many are left.
  public func listing(columns: Int, rows most: Int) -> String {
    let arguments = items.filter { $0.kind == .argument }
    guard !arguments.isEmpty else {
      return NameColumns(items.map(\.label)).text(columns: columns, rows: most)
    }
    let width = arguments.prefix(most).map(\.label.count).max() ?? 0
    var lines = arguments.prefix(most).map { item in
      let blanks = String(repeating: " ", count: width - item.label.count + 2)
      let line = item.label + blanks + item.detail
      return line.count <= columns ? line : line.prefix(max(columns - 1, 1)) + "…"
    }
    if arguments.count > most { lines.append("... and \(arguments.count - most) more") }
    let others = items.filter { $0.kind != .argument }
    if !others.isEmpty, lines.count < most {
      lines.append(
        NameColumns(others.map(\.label)).text(columns: columns, rows: most - lines.count))
    }
    return lines.joined(separator: "\n")
  }
}
