import Script

/// Short names down the columns of a screen, as `ls` lists them.
public struct NameColumns {
  let names: [String]
  public init(_ names: [String]) { self.names = names }

  /// - Parameter most: Rows at most; what is left over is counted on a last line.
  public func text(columns: Int, rows most: Int = .max) -> String {
    guard !names.isEmpty else { return "" }
    let widths = names.map { ScreenText.width(of: $0) }
    let width = (widths.max() ?? 0) + 2
    let across = max(1, columns / width)
    let rows = min((names.count + across - 1) / across, most)
    let shown = min(names.count, rows * across)
    var lines = (0..<rows).map { row in
      var line = ""
      for index in stride(from: row, to: shown, by: rows) {
        let isLast = index + rows >= shown
        line += names[index]
        if !isLast { line += String(repeating: " ", count: width - widths[index]) }
      }
      return line
    }
    if shown < names.count { lines.append("... and \(names.count - shown) more") }
    return lines.joined(separator: "\n")
  }
}
