import Components

/// Boxes in characters, one row each:
/// `spleen  ├──[══│══]──┤  0.912  (0.801 … 0.953, n=9)`
struct BoxText {
  let text: String

  init(_ title: String, _ groups: [BoxGroup], _ columns: Int) throws(Fault) {
    let rows = groups.flatMap { group in
      group.boxes.map { box in
        (name: group.name.isEmpty ? box.label : "\(box.label), \(group.name)", box: box)
      }
    }
    let values = rows.flatMap(\.box.values)
    guard let low = values.min(), let high = values.max() else {
      throw Fault(.data, "nothing to plot: no value in any class", wanted: "a number")
    }
    let names = rows.map(\.name.count).max() ?? 0
    let width = min(max(columns - names - 36, 12), 60)
    let lines = rows.map { name, box in
      let padded = name + String(repeating: " ", count: names - name.count)
      guard !box.values.isEmpty else { return "\(padded)  no value" }
      let numbers =
        "\(Self.number(box.quantile(0.5)))  (\(Self.number(box.values[0])) … "
        + "\(Self.number(box.values[box.values.count - 1])), n=\(box.values.count))"
      return "\(padded)  \(Self.drawn(box, low, high, width))  \(numbers)"
    }
    text = ((title.isEmpty ? [] : [title]) + lines).joined(separator: "\n")
  }

  private static func drawn(_ box: Box, _ low: Double, _ high: Double, _ width: Int) -> String {
    func place(_ value: Double) -> Int {
      low < high ? Int(((value - low) / (high - low) * Double(width - 1)).rounded()) : width / 2
    }
    var cells = [Character](repeating: " ", count: width)
    let whiskers = box.whiskers
    let (from, to) = (place(whiskers.low), place(whiskers.high))
    let (first, third) = (place(box.quantile(0.25)), place(box.quantile(0.75)))
    for index in from...to { cells[index] = "─" }
    for index in first...third { cells[index] = "═" }
    for value in box.values where value < whiskers.low || value > whiskers.high {
      cells[place(value)] = "·"
    }
    cells[place(box.quantile(0.5))] = "│"
    return String(cells)
  }

  /// Four digits that count.
  private static func number(_ value: Double) -> String {
    let size = abs(value)
    if size != 0, size < 1e-3 || size >= 1e5 { return "\(Float(value))" }
    let scale = size >= 100 ? 10.0 : size >= 10 ? 100 : 10_000
    return "\((value * scale).rounded() / scale)"
  }
}
