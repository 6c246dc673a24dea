extension SlicePicture {
  private static let ramp = Array(" .:-=+*#%@")

  /// The panes in characters, side by side: darker to lighter for the image, a digit for each class.
  ///
  /// - Parameter columns: Width of the terminal. A character is about twice as high as it is wide.
  public func text(columns: Int = 79) -> String {
    guard let first = panes.first else { return "" }
    let gap = 2
    let width = max(8, min((columns + gap) / panes.count - gap, 2 * first.image.width))
    let pixel = Double(first.image.width) / Double(width)
    let height = max(
      1, Int((Double(first.image.height) * aspect / (2 * pixel)).rounded()))
    let window = window ?? SlicePixels.window(of: first.image)
    let blank = String(repeating: " ", count: gap)
    var lines = title.isEmpty ? [] : [title]
    lines.append(
      panes.map { Self.padded(String($0.title.prefix(width)), width) }.joined(separator: blank))
    for row in 0..<height {
      lines.append(
        panes.map { pane in
          String(
            (0..<width).map { column in
              Self.character(
                of: pane, window, column: column * pane.image.width / width,
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
