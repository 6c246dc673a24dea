import Components

/// The slices of a picture as one sheet of pixels, frame beside frame, without words in it: what a page
/// moves through.
public struct SliceSheet: Sendable, Equatable {
  /// Larger slices are thinned out to this many pixels along each side.
  private static let largestSide = 256

  /// What each frame shows.
  public private(set) var names: [String] = []
  /// Frames in a row of the sheet.
  public let columns: Int
  /// Width of a frame over its height, as it is to be shown.
  public let shape: Double
  /// Pixels of the sheet.
  public let width: Int
  public let height: Int
  /// Three bytes a pixel, row by row.
  public let colors: [UInt8]

  /// A frame is a row of the picture where the picture says how long its rows are, else one slice.
  ///
  /// - Throws: `Fault` for slices of different sizes, and for a label map of another size.
  public init(_ picture: SlicePicture) throws(Fault) {
    guard let first = picture.panes.first?.image else {
      throw Fault(.data, "there is no slice to show")
    }
    guard
      picture.panes.allSatisfy({ ($0.image.width, $0.image.height) == (first.width, first.height) })
    else { throw Fault(.shape, "the slices are not of one size") }
    let across = picture.columns ?? 1
    let count = (picture.panes.count + across - 1) / across
    columns = max(1, Int(Double(count).squareRoot().rounded(.up)))
    let step = (max(first.width, first.height) + Self.largestSide - 1) / Self.largestSide
    let (paneWidth, paneHeight) = (first.width / step, first.height / step)
    (width, height) = (paneWidth * across * columns, paneHeight * ((count + columns - 1) / columns))
    shape = Double(paneWidth * across) / (Double(paneHeight) * picture.aspect)
    let window = picture.window ?? SlicePixels.window(of: first)
    var colors = [UInt8](repeating: 0, count: 3 * width * height)
    for (index, pane) in picture.panes.enumerated() {
      let bytes = try SlicePixels.colors(of: pane, window: pane.window ?? window)
      let (frame, place) = index.quotientAndRemainder(dividingBy: across)
      let left = (frame % columns * across + place) * paneWidth
      let top = frame / columns * paneHeight
      for y in 0..<paneHeight {
        for x in 0..<paneWidth {
          let from = 3 * (y * step * first.width + x * step)
          let to = 3 * ((top + y) * width + left + x)
          for channel in 0..<3 { colors[to + channel] = bytes[from + channel] }
        }
      }
      if place == 0 {
        names.append(pane.title)
      } else {
        names[frame] += " · " + pane.title
      }
    }
    self.colors = colors
  }
}
