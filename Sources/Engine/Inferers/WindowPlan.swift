import Components

/// Which windows cover an image.
///
/// Source: `sliding_window_inference` and `dense_patch_slices` of MONAI 0.8.1. Steps are
/// ⌊roi·(1 − overlap)⌋, at least 1; the last window of an axis is moved back inside.
struct WindowPlan {
  /// As given.
  let image: [Int]
  /// At least as large as a window.
  let size: [Int]
  let window: [Int]
  let padLow: [Int]
  let padHigh: [Int]
  /// Corner of each window, last axis fastest.
  let starts: [[Int]]

  init(image: [Int], roi: OneOrMany<Int>, overlap: Double) throws(Fault) {
    let written: [Int]
    switch roi {
    case .one(let size): written = Array(repeating: size, count: image.count)
    case .many(let sizes): written = sizes
    }
    guard written.count == image.count else {
      throw Fault(
        .invalid, "roi_size has \(written.count) numbers for an image of \(image.count) dimensions",
        got: "\(written)", wanted: "\(image.count) numbers", argument: ["roi_size"])
    }
    self.image = image
    window = zip(written, image).map { $0 > 0 ? $0 : $1 }
    size = zip(window, image).map { max($0, $1) }
    guard size == image || Self.voxels(of: size).map({ $0 <= Self.mostVoxels }) ?? false else {
      throw Fault(
        .outOfRange, "roi_size is out of range", got: "\(written)",
        wanted: "windows of at most \(Self.mostVoxels) voxels", argument: ["roi_size"],
        notes: ["an image that is smaller than its window is padded: \(image) to \(size)"])
    }
    let missing = zip(size, image).map { $0 - $1 }
    padLow = missing.map { $0 / 2 }
    padHigh = missing.map { $0 - $0 / 2 }
    let axes = zip(size, window).map { Self.starts(size: $0, window: $1, overlap: overlap) }
    starts = axes.reduce([[]]) { corners, axis in
      corners.flatMap { corner in axis.map { corner + [$0] } }
    }
  }

  /// What an image may be padded to.
  private static let mostVoxels = 1 << 28

  /// Nil when no number holds it.
  private static func voxels(of size: [Int]) -> Int? {
    size.reduce(1) { product, length in
      product.flatMap { known in
        let (result, overflows) = known.multipliedReportingOverflow(by: length)
        return overflows ? nil : result
      }
    }
  }

  static func starts(size: Int, window: Int, overlap: Double) -> [Int] {
    let step = window == size ? window : max(1, Int(Double(window) * (1 - overlap)))
    var starts: [Int] = []
    var start = 0
    while start + window < size {
      starts.append(start)
      start += step
    }
    return starts + [max(size - window, 0)]
  }
}
