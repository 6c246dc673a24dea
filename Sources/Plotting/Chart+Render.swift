import Components

extension Chart {
  /// Draws the chart.
  ///
  /// - Returns: The bytes of the SVG or PNG file, or UTF-8 text.
  /// - Throws: `Fault` when there is nothing to draw, or gnuplot is missing, fails or hangs.
  public func render(as format: PictureFormat, with gnuplot: Gnuplot) throws(Fault) -> [UInt8] {
    let script = try ChartScript(chart: self, format: format).text()
    return try gnuplot.draw(Array(script.utf8))
  }

  /// The chart in characters, for the terminal, without blank lines around it.
  ///
  /// - Parameters:
  ///   - columns: Width of the terminal.
  ///   - rows: Lines for each panel.
  public func text(
    columns: Int = 79, rows: Int = 16, colored: Bool = false, with gnuplot: Gnuplot
  ) throws(Fault) -> String {
    let format = PictureFormat.text(
      columns: max(columns, 40), rows: max(rows, 8) * panels.count, colored: colored)
    let drawn = String(decoding: try render(as: format, with: gnuplot), as: UTF8.self)
    var lines = drawn.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.contains("\u{0C}") || $0.count > 1 }
      .map { line in
        var line = line.filter { $0 != "\u{0C}" }
        while line.last == " " { line.removeLast() }
        return line
      }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }

  /// Draws the chart into a file; the ending, .svg or .png, says as what.
  ///
  /// - Throws: `Fault` also for another ending and when the file cannot be written.
  public func write(to file: String, with gnuplot: Gnuplot) throws(Fault) {
    let height = 120 + 300 * max(1, panels.count)
    guard let format = PictureFormat(fileName: file, height: height) else {
      throw Fault(
        .invalid, "a picture is written as .svg or .png", got: file.quoted,
        remedy: "name the file with one of these endings")
    }
    try PictureFile.write(try render(as: format, with: gnuplot), to: file)
  }
}
