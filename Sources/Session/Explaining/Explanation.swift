import Components

/// A tree in three columns that a person reads: what, its value, and where that came from.
///
///     optimizer            Adam, built                    config_train.json:17:17
///       lr                 <learning_rate> = 0.001        config_train.json:20:15
///         learning_rate    0.001                          cell 3:1:17
struct Explanation {
  struct Row: Sendable {
    var depth: Int
    var label: String
    var value: String
    var origin: String

    init(_ depth: Int, _ label: String, _ value: String, _ origin: String = "") {
      (self.depth, self.label, self.value, self.origin) = (depth, label, value, origin)
    }
  }

  private static let width = 80
  private static let widestLabel = 32
  private static let widestOrigin = 30

  var rows: [Row] = []

  mutating func add(_ depth: Int, _ label: String, _ value: String, _ origin: String = "") {
    rows.append(Row(depth, label, value, origin))
  }

  /// Without a newline at its end. A row without an origin has the whole width, and goes on below where
  /// that is not enough.
  var text: String {
    let labels = rows.map {
      Self.cut(String(repeating: "  ", count: $0.depth) + $0.label, to: Self.widestLabel)
    }
    let labelWidth = labels.map(\.count).max() ?? 0
    let origins = rows.map { Self.cut($0.origin, to: Self.widestOrigin) }
    let room = max(Self.width - labelWidth - 4 - (origins.map(\.count).max() ?? 0), 8)
    let located = rows.filter { !$0.origin.isEmpty }
    let valueWidth = located.map { Self.cut($0.value, to: room).count }.max() ?? 0
    var lines: [String] = []
    for (index, row) in rows.enumerated() {
      let label = Self.padded(labels[index], to: labelWidth) + "  "
      guard row.origin.isEmpty else {
        lines.append(
          label + Self.padded(Self.cut(row.value, to: room), to: valueWidth) + "  "
            + origins[index])
        continue
      }
      let parts = Self.wrapped(row.value, to: Self.width - label.count)
      lines.append(label + parts[0])
      lines += parts.dropFirst().map { String(repeating: " ", count: label.count) + $0 }
    }
    return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }
      .joined(separator: "\n")
  }

  /// At most three lines; words stay whole where they can.
  private static func wrapped(_ text: String, to room: Int) -> [String] {
    var lines: [String] = []
    var rest = text.prefix { !$0.isNewline }
    while lines.count < 2, rest.count > room {
      let line = rest.prefix(room)
      let end = line.lastIndex(of: " ").map { line.index(after: $0) } ?? line.endIndex
      lines.append(String(rest[..<end]))
      rest = rest[end...]
    }
    return lines + [cut(String(rest), to: room)]
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// The first line, as far as there is room.
  static func cut(_ text: String, to room: Int) -> String {
    let line = text.prefix { !$0.isNewline }
    if line.count <= room, line.count == text.count { return String(line) }
    return line.prefix(max(0, min(room, line.count + 1) - 1)) + "…"
  }
}
