/// What a picture is made as.
public enum PictureFormat: Sendable, Equatable {
  /// Width and height in points.
  case svg(width: Int, height: Int)
  /// Width and height in pixels.
  case png(width: Int, height: Int)
  /// Characters; `colored` adds ANSI colour codes.
  case text(columns: Int, rows: Int, colored: Bool)

  /// The format a file name asks for by its ending, nil for another ending than .svg and .png.
  public init?(fileName: String, width: Int = 900, height: Int = 560) {
    let lowered = fileName.lowercased()
    if lowered.hasSuffix(".svg") {
      self = .svg(width: width, height: height)
    } else if lowered.hasSuffix(".png") {
      self = .png(width: width, height: height)
    } else {
      return nil
    }
  }

  /// The terminal line of a gnuplot script. Titles are plain text, so `train_loss` has no index.
  var terminalLine: String {
    switch self {
    case .svg(let width, let height):
      "set terminal svg size \(width),\(height) noenhanced font 'DejaVu Sans,13' "
        + "background '#ffffff'"
    case .png(let width, let height):
      "set terminal pngcairo size \(width),\(height) noenhanced font 'DejaVu Sans,11' "
        + "background '#ffffff'"
    case .text(let columns, let rows, let colored):
      "set terminal dumb size \(columns),\(rows) noenhanced \(colored ? "ansi256" : "mono")"
    }
  }

  var isText: Bool {
    if case .text = self { true } else { false }
  }
}
