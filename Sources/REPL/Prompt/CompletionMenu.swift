/// From candidate names to what the line gets and what the screen shows.
enum CompletionMenu {
  /// - Parameters:
  ///   - typed: The part of the name that stands left of the cursor already.
  ///   - candidates: Whole names that begin with it, in the order to list them.
  ///   - columns: Width of the screen.
  static func completion(typed: String, candidates: [String], columns: Int) -> Completion {
    let candidates = candidates.filter { $0.hasPrefix(typed) }
    guard let first = candidates.first else { return .nothing }
    let common = candidates.dropFirst().reduce(first) { commonPrefix($0, $1) }
    let insertion = String(common.dropFirst(typed.count))
    guard candidates.count > 1, insertion.isEmpty else {
      return Completion(insertion: insertion, listing: nil)
    }
    return Completion(insertion: "", listing: table(candidates, columns: columns))
  }

  private static func commonPrefix(_ a: String, _ b: String) -> String {
    String(zip(a, b).prefix { $0 == $1 }.map(\.0))
  }

  /// Down the columns, as `ls` lists names; at most 20 rows, then how many are left.
  static func table(_ names: [String], columns: Int, rows most: Int = 20) -> String {
    let width = (names.map(\.count).max() ?? 0) + 2
    let across = max(1, columns / width)
    let rows = min((names.count + across - 1) / across, most)
    let shown = names.prefix(rows * across)
    var lines = (0..<rows).map { row in
      stride(from: row, to: shown.count, by: rows)
        .map { shown[$0].padding(to: width) }.joined().trimmingBlanks
    }
    if shown.count < names.count { lines.append("... and \(names.count - shown.count) more") }
    return lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate var trimmingBlanks: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
