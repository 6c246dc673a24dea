import Components

/// From grey values and a label map to red, green and blue bytes.
enum SlicePixels {
  /// How much of a label's colour covers the image inside it; its border is drawn in full.
  private static let cover: Float = 0.35

  /// Orange first: it stands out from grey and from blue with any kind of colour vision.
  private static let labelColors: [(Float, Float, Float)] = [
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (204, 121, 167), (213, 94, 0), (0, 114, 178),
  ]

  /// The 1st to the 99th percentile of the finite values, never empty.
  static func window(of slice: GreySlice) -> ClosedRange<Float> {
    let sorted = slice.values.filter(\.isFinite).sorted()
    guard let low = sorted.first, let high = sorted.last, low < high else {
      let value = sorted.first ?? 0
      return value...(value + 1)
    }
    let from = sorted[sorted.count / 100]
    let to = sorted[sorted.count - 1 - sorted.count / 100]
    return from < to ? from...to : low...high
  }

  /// Three bytes a pixel, in the order of the slice.
  static func colors(of pane: SlicePane, window: ClosedRange<Float>) throws(Fault) -> [UInt8] {
    let image = pane.image
    if let labels = pane.labels, labels.count != image.values.count {
      throw Fault(
        .shape, "the label map of \(pane.title.quoted) does not fit its image",
        got: "\(labels.count) labels", wanted: "\(image.width) x \(image.height)")
    }
    let scale = 255 / (window.upperBound - window.lowerBound)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(image.values.count * 3)
    for index in image.values.indices {
      let value = image.values[index]
      let grey = value.isFinite ? min(max((value - window.lowerBound) * scale, 0), 255) : 0
      guard let labels = pane.labels, labels[index] != 0 else {
        bytes += [UInt8(grey), UInt8(grey), UInt8(grey)]
        continue
      }
      let color = labelColors[(Int(labels[index]) - 1) % labelColors.count]
      let share = isBorder(index, labels, image) ? 1 : cover
      for part in [color.0, color.1, color.2] {
        bytes.append(UInt8(grey * (1 - share) + part * share))
      }
    }
    return bytes
  }

  /// Whether one of the four neighbours has another label; the edge of the slice counts as one.
  private static func isBorder(_ index: Int, _ labels: [UInt8], _ image: GreySlice) -> Bool {
    let (row, column) = index.quotientAndRemainder(dividingBy: image.width)
    let own = labels[index]
    return row == 0 || row == image.height - 1 || column == 0 || column == image.width - 1
      || labels[index - 1] != own || labels[index + 1] != own
      || labels[index - image.width] != own || labels[index + image.width] != own
  }
}
