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

  /// What a page shows without shrinking the words.
  private static let mostWidth = 1000.0
  /// About what a letter of a pane's title takes.
  private static let letter = 7.0

  private var across: Int {
    let most = max(1, Int((Self.mostWidth - Self.gap) / (titleWidth + Self.gap)))
    return min(max(columns ?? min(Self.mostColumns, most), 1), max(panes.count, 1))
  }
  private var rows: Int { max(1, (panes.count + across - 1) / across) }
  private var hasTitles: Bool { panes.contains { !$0.title.isEmpty } }

  private var titleWidth: Double { Double(panes.map(\.title.count).max() ?? 0) * Self.letter }

  /// Width of a pane's image over its height.
  private func shape(of pane: SlicePane) -> Double {
    Double(pane.image.width) / (Double(pane.image.height) * max(pane.aspect ?? aspect, 1e-6))
  }

  /// Room for one pane: its image, or its title where that is longer.
  private var paneSize: (width: Double, height: Double) {
    let widest = panes.map(shape).max() ?? 1
    let room = (Self.mostWidth - Self.gap) / Double(across) - Self.gap
    let height = min(rows == 1 ? 360 : 220, room / widest)
    return (min(max(height * widest, titleWidth, 140), room), height)
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
          + "center \(format.font(17)) textcolor '\(look.text)'")
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

  /// Where a pane's image stands, in shares of the picture: in the middle of its room.
  private func margins(of index: Int) -> String {
    let (row, column) = index.quotientAndRemainder(dividingBy: across)
    let (width, height) = (Double(size.width), Double(size.height))
    let own = min(paneSize.width, paneSize.height * shape(of: panes[index]))
    let left =
      Self.gap + Double(column) * (paneSize.width + Self.gap) + (paneSize.width - own) / 2
    let bottom = height - head - Double(row + 1) * rowHeight + Self.gap
    return "set margins screen \(left / width), screen \((left + own) / width), "
      + "screen \(bottom / height), screen \((bottom + paneSize.height) / height)"
  }
}
