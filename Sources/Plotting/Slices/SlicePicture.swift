import Components

/// Slices in rows under one title: image, truth, prediction, or one slice after another.
public struct SlicePicture: Sendable, Equatable {
  public var title: String
  public var panes: [SlicePane]
  /// Grey values from black to white; nil takes the 1st to the 99th percentile of the first pane.
  public var window: ClosedRange<Float>?
  /// Height of a pixel as a multiple of its width (row spacing / column spacing).
  public var aspect: Double
  /// Panes in a row; nil makes rows of up to four.
  public var columns: Int?

  public init(
    _ title: String = "", panes: [SlicePane], window: ClosedRange<Float>? = nil,
    aspect: Double = 1, columns: Int? = nil
  ) {
    (self.title, self.panes, self.window) = (title, panes, window)
    (self.aspect, self.columns) = (aspect, columns)
  }

  /// The grey values from black to white that show a slice best: its 1st to 99th percentile.
  public static func window(of slice: GreySlice) -> ClosedRange<Float> {
    SlicePixels.window(of: slice)
  }
}

extension SlicePicture: Picture {
  private static let mostColumns = 4
  private static let gap = 10.0
  private static let titleHeight = 26.0
  private static let headHeight = 40.0

  private var across: Int { min(max(columns ?? Self.mostColumns, 1), max(panes.count, 1)) }
  private var rows: Int { max(1, (panes.count + across - 1) / across) }
  private var hasTitles: Bool { panes.contains { !$0.title.isEmpty } }

  /// Room for the image of one pane.
  private var paneSize: (width: Double, height: Double) {
    let height = rows == 1 ? 360.0 : 220.0
    let widest = panes.map { pane in
      Double(pane.image.width) / (Double(pane.image.height) * max(pane.aspect ?? aspect, 1e-6))
    }.max()
    return (min(max(height * (widest ?? 1), 140), 900), height)
  }

  /// Height of a row with its titles.
  private var rowHeight: Double { paneSize.height + (hasTitles ? Self.titleHeight : 0) + Self.gap }
  private var head: Double { title.isEmpty ? Self.gap : Self.headHeight }

  /// From the aspect of the panes.
  public var size: (width: Int, height: Int) {
    let (width, height) = (paneSize.width + Self.gap, rowHeight)
    return (Int(width) * across + Int(Self.gap), Int(height) * rows + Int(head))
  }

  /// The script with each pane's pixels in it, as gnuplot reads them after the plot command.
  public func script(for format: PictureFormat, _ theme: Theme?) throws(Fault) -> [UInt8] {
    guard let first = panes.first else { throw Fault(.data, "there is no slice to show") }
    let look = Look.of(format.theme(theme) ?? .light)
    let window = window ?? SlicePixels.window(of: first.image)
    var bytes: [UInt8] = []
    func add(_ lines: String...) { for line in lines { bytes += Array((line + "\n").utf8) } }
    add("reset", "set encoding utf8", format.terminalLine(look))
    if format.isScreen { add(ChartScript.page(look)) }
    add("set multiplot")
    add("unset key", "unset tics", "unset border")
    if !title.isEmpty {
      add(
        "set label 1 \(GnuplotText.literal(title)) at screen 0.5, screen \(1 - 20 / Double(size.height)) "
          + "center font ',15' textcolor '\(look.text)'")
    }
    for (index, pane) in panes.enumerated() {
      let (width, height) = (pane.image.width, pane.image.height)
      add(margins(of: index))
      add("set title \(GnuplotText.literal(pane.title)) offset 0,-0.6 textcolor '\(look.text)'")
      add("set size ratio \(Double(height) * (pane.aspect ?? aspect) / Double(width))")
      add("set xrange [-0.5:\(Double(width) - 0.5)]")
      add("set yrange [-0.5:\(Double(height) - 0.5)]")
      add(
        "plot '-' binary array=(\(width),\(height)) flipy format='%uchar%uchar%uchar' "
          + "using 1:2:3 with rgbimage")
      bytes += try SlicePixels.colors(of: pane, window: pane.window ?? window)
      add("", "unset label 1", "unset object")
    }
    add("unset multiplot")
    return bytes
  }

  /// Where a pane's image stands, in shares of the picture.
  private func margins(of index: Int) -> String {
    let (row, column) = index.quotientAndRemainder(dividingBy: across)
    let (width, height) = (Double(size.width), Double(size.height))
    let left = Self.gap + Double(column) * (paneSize.width + Self.gap)
    let bottom = height - head - Double(row + 1) * rowHeight + Self.gap
    return "set margins screen \(left / width), screen \((left + paneSize.width) / width), "
      + "screen \(bottom / height), screen \((bottom + paneSize.height) / height)"
  }
}
