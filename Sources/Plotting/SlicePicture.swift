import Components

/// Grey values of one slice, row by row from the top left.
public struct GreySlice: Sendable, Equatable {
  public let width: Int
  public let height: Int
  public let values: [Float]

  /// - Throws: `Fault` when `values` are not width × height many.
  public init(width: Int, height: Int, values: [Float]) throws(Fault) {
    guard width > 0, height > 0, values.count == width * height else {
      throw Fault(
        .shape, "a slice needs one value for each pixel", got: "\(values.count) values",
        wanted: "\(width) x \(height)")
    }
    (self.width, self.height, self.values) = (width, height, values)
  }
}

/// One picture of a slice: the grey values, over them optionally a label map.
public struct SlicePane: Sendable, Equatable {
  public var title: String
  public var image: GreySlice
  /// A class for each pixel of `image`, 0 for background; nil draws the image alone.
  public var labels: [UInt8]?
  /// Grey values from black to white; nil takes the picture's.
  public var window: ClosedRange<Float>?
  /// Height of a pixel as a multiple of its width; nil takes the picture's.
  public var aspect: Double?

  public init(
    _ title: String, image: GreySlice, labels: [UInt8]? = nil, window: ClosedRange<Float>? = nil,
    aspect: Double? = nil
  ) {
    (self.title, self.image, self.labels) = (title, image, labels)
    (self.window, self.aspect) = (window, aspect)
  }
}

/// Slices side by side under one title: image, truth, prediction. More than four stand in several rows.
public struct SlicePicture: Sendable, Equatable {
  public var title: String
  public var panes: [SlicePane]
  /// Grey values from black to white; nil takes the 1st to the 99th percentile of the first pane.
  public var window: ClosedRange<Float>?
  /// Height of a pixel as a multiple of its width (row spacing / column spacing).
  public var aspect: Double

  public init(
    _ title: String = "", panes: [SlicePane], window: ClosedRange<Float>? = nil,
    aspect: Double = 1
  ) {
    (self.title, self.panes, self.window, self.aspect) = (title, panes, window, aspect)
  }

  /// Width and height of the whole picture in pixels, from the aspect of the panes.
  var size: (width: Int, height: Int) {
    let paneHeight = rows == 1 ? 360.0 : 240.0
    let widest = panes.map { pane in
      Double(pane.image.width) / (Double(pane.image.height) * max(pane.aspect ?? aspect, 1e-6))
    }.max()
    let paneWidth = min(max(paneHeight * (widest ?? 1), 160), 900)
    return (Int(paneWidth + 20) * columns, (Int(paneHeight) + 40) * rows + 40)
  }

  private static let mostColumns = 4
  private var columns: Int { min(max(panes.count, 1), Self.mostColumns) }
  private var rows: Int { max(1, (panes.count + columns - 1) / columns) }

  /// Draws the panes.
  ///
  /// - Returns: The bytes of the PNG or SVG file.
  /// - Throws: `Fault` for a label map of another size, or when gnuplot fails.
  public func render(as format: PictureFormat? = nil, with gnuplot: Gnuplot) throws(Fault)
    -> [UInt8]
  {
    try gnuplot.draw(try script(for: format ?? .png(width: size.width, height: size.height)))
  }

  /// Draws the panes into a .png or .svg file.
  public func write(to file: String, with gnuplot: Gnuplot) throws(Fault) {
    guard let format = PictureFormat(fileName: file, width: size.width, height: size.height) else {
      throw Fault(.invalid, "a picture is written as .svg or .png", got: file.quoted)
    }
    try PictureFile.write(try render(as: format, with: gnuplot), to: file)
  }

  /// The script with each pane's pixels in it, as gnuplot reads them after the plot command.
  func script(for format: PictureFormat) throws(Fault) -> [UInt8] {
    guard let first = panes.first else { throw Fault(.data, "there is no slice to show") }
    let window = window ?? SlicePixels.window(of: first.image)
    var bytes: [UInt8] = []
    func add(_ line: String) { bytes += Array((line + "\n").utf8) }
    add("reset")
    add("set encoding utf8")
    add(format.terminalLine)
    add("set multiplot layout \(rows),\(columns) title \(GnuplotText.literal(title))")
    for line in ["unset key", "unset tics", "unset border", "set margins 1,1,0.5,3"] { add(line) }
    for pane in panes {
      let (width, height) = (pane.image.width, pane.image.height)
      add("set title \(GnuplotText.literal(pane.title))")
      add("set size ratio \(Double(height) * (pane.aspect ?? aspect) / Double(width))")
      add("set xrange [-0.5:\(Double(width) - 0.5)]")
      add("set yrange [-0.5:\(Double(height) - 0.5)]")
      add(
        "plot '-' binary array=(\(width),\(height)) flipy format='%uchar%uchar%uchar' "
          + "using 1:2:3 with rgbimage")
      bytes += try SlicePixels.colors(of: pane, window: pane.window ?? window)
      bytes.append(UInt8(ascii: "\n"))
    }
    add("unset multiplot")
    return bytes
  }
}

extension SlicePicture {
  /// The grey values from black to white that show a slice best: its 1st to 99th percentile.
  public static func window(of slice: GreySlice) -> ClosedRange<Float> {
    SlicePixels.window(of: slice)
  }
}
