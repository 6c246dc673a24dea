import Components

extension SlicePicture {
  private static let ramp = Array(" .:-=+*#%@")
  private static let gap = 2

  /// Fewer characters than this show nothing.
  private static let leastWidth = 24

  /// The panes in characters: darker to lighter for the image, a digit for each class.
  ///
  /// - Parameter columns: Width of the terminal. A character is about twice as high as it is wide.
  public func text(columns: Int = 79) -> String {
    let least = min(Self.leastWidth, 2 * (panes.first?.image.width ?? 1))
    let fitting = max(1, (columns + Self.gap) / (least + Self.gap))
    let across = min(self.columns ?? panes.count, max(panes.count, 1), fitting)
    let rows = stride(from: 0, to: panes.count, by: across).map { start in
      row(Array(panes[start..<min(start + across, panes.count)]), across, columns)
    }
    return ((title.isEmpty ? [] : [title]) + rows).joined(separator: "\n")
  }

  public func text(
    columns: Int, colored: Bool, with gnuplot: @autoclosure () throws(Fault) -> Gnuplot
  ) throws(Fault) -> String {
    text(columns: columns)
  }

  private func row(_ panes: [SlicePane], _ across: Int, _ columns: Int) -> String {
    let first = panes[0].image
    let width = max(8, min((columns + Self.gap) / across - Self.gap, 2 * first.width))
    let pixel = Double(first.width) / Double(width)
    let height = max(
      1, Int((Double(first.height) * (panes[0].aspect ?? aspect) / (2 * pixel)).rounded()))
    let window = window ?? SlicePixels.window(of: self.panes[0].image)
    let blank = String(repeating: " ", count: Self.gap)
    var lines = [
      panes.map { Self.padded(String($0.title.prefix(width)), width) }.joined(separator: blank)
    ]
    for row in 0..<height {
      lines.append(
        panes.map { pane in
          String(
            (0..<width).map { column in
              Self.character(
                of: pane, pane.window ?? window, column: column * pane.image.width / width,
                row: row * pane.image.height / height)
            })
        }.joined(separator: blank))
    }
    return lines.map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func character(
    of pane: SlicePane, _ window: ClosedRange<Float>, column: Int, row: Int
  ) -> Character {
    let place = row * pane.image.width + column
    if let labels = pane.labels, place < labels.count, labels[place] != 0 {
      return Character(String(labels[place] % 10))
    }
    let value = pane.image.values[place]
    let share = (value - window.lowerBound) / (window.upperBound - window.lowerBound)
    guard share.isFinite else { return " " }
    return ramp[min(max(Int(share * Float(ramp.count)), 0), ramp.count - 1)]
  }
}
