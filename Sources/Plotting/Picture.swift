import Components

/// Something that gnuplot draws.
public protocol Picture: Sendable {
  var title: String { get }
  /// Width and height that suit it, in pixels.
  var size: (width: Int, height: Int) { get }

  /// - Throws: `Fault` when there is nothing to draw.
  func script(for format: PictureFormat, _ theme: Theme?) throws(Fault) -> [UInt8]

  /// The picture in characters, without blank lines around it.
  ///
  /// - Parameters:
  ///   - columns: Width of the terminal.
  ///   - gnuplot: asked for only where it is needed.
  func text(
    columns: Int, colored: Bool, with gnuplot: @autoclosure () throws(Fault) -> Gnuplot
  ) throws(Fault) -> String
}

extension Picture {
  /// Draws the picture.
  ///
  /// - Parameter theme: nil is light, and in an SVG what the page around is.
  /// - Returns: The bytes of the file.
  /// - Throws: `Fault` when there is nothing to draw, or gnuplot fails or hangs.
  public func render(
    as format: PictureFormat, theme: Theme? = nil, with gnuplot: Gnuplot
  ) throws(Fault) -> [UInt8] {
    let drawn = try gnuplot.draw(try script(for: format, theme))
    guard case .svg = format else { return drawn }
    return FinishedSVG.of(drawn, title: title, theme: theme)
  }

  public func svg(theme: Theme? = nil, with gnuplot: Gnuplot) throws(Fault) -> [UInt8] {
    try render(as: .svg(width: size.width, height: size.height), theme: theme, with: gnuplot)
  }

  public func png(theme: Theme? = nil, with gnuplot: Gnuplot) throws(Fault) -> [UInt8] {
    try render(as: .png(width: size.width, height: size.height), theme: theme, with: gnuplot)
  }

  /// Draws into a file; the ending, .svg, .png or .pdf, says as what.
  ///
  /// - Throws: `Fault` also for another ending and when the file cannot be written.
  public func write(
    to file: String, theme: Theme? = nil, with gnuplot: Gnuplot
  ) throws(Fault) {
    let format = try PictureFormat(fileName: file, width: size.width, height: size.height)
    try PictureFile.write(try render(as: format, theme: theme, with: gnuplot), to: file)
  }
}
