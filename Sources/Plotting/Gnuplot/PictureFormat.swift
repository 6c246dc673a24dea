import Components

/// What a picture is made as.
public enum PictureFormat: Sendable, Equatable {
  /// Width and height in points.
  case svg(width: Int, height: Int)
  /// Width and height in pixels.
  case png(width: Int, height: Int)
  case pdf(width: Int, height: Int)
  /// Characters; `colored` adds ANSI colour codes.
  case text(columns: Int, rows: Int, colored: Bool)
  /// One of gnuplot's terminals that draw on a screen: `qt`, `sixelgd`.
  case screen(String, width: Int, height: Int)

  /// The format that a file's name asks for by its ending.
  ///
  /// - Throws: `Fault` for another ending than .svg, .png and .pdf.
  public init(fileName: String, width: Int = 900, height: Int = 480) throws(Fault) {
    let lowered = fileName.lowercased()
    if lowered.hasSuffix(".svg") {
      self = .svg(width: width, height: height)
    } else if lowered.hasSuffix(".png") {
      self = .png(width: width, height: height)
    } else if lowered.hasSuffix(".pdf") {
      self = .pdf(width: width, height: height)
    } else {
      throw Fault(
        .invalid, "a picture is written as .svg, .png or .pdf", got: fileName.quoted,
        remedy: "name the file with one of these endings", argument: ["file"])
    }
  }

  /// The terminal line of a gnuplot script. Titles are plain text, so `train_loss` has no index.
  func terminalLine(_ look: Look) -> String {
    let page = "background '\(look.page)'"
    func font(_ size: Int) -> String { "noenhanced font '\(Look.font),\(size)'" }
    return switch self {
    case .svg(let width, let height):
      "set terminal svg size \(width),\(height) \(font(13)) \(page)"
    case .png(let width, let height):
      "set terminal pngcairo size \(width),\(height) \(font(10)) \(page)"
    case .pdf(let width, let height):
      // 96 points of the others to an inch.
      "set terminal pdfcairo size \(Double(width) / 96)in,\(Double(height) / 96)in \(font(10)) \(page)"
    case .text(let columns, let rows, let colored):
      "set terminal dumb size \(columns),\(rows) noenhanced \(colored ? "ansi256" : "mono")"
    case .screen(let name, let width, let height):
      "set terminal \(name) size \(width),\(height) \(font(10))"
    }
  }

  /// A font of that many pixels: an SVG counts in pixels, the others in points.
  func font(_ pixels: Int) -> String {
    if case .svg = self { "font ',\(pixels)'" } else { "font ',\(pixels * 3 / 4)'" }
  }

  /// What is drawn when nobody asks for a theme: only an SVG can leave it to the page around it.
  func theme(_ wanted: Theme?) -> Theme? {
    if case .svg = self { wanted } else { wanted ?? .light }
  }

  var isText: Bool {
    if case .text = self { true } else { false }
  }

  var isScreen: Bool {
    if case .screen = self { true } else { false }
  }
}
