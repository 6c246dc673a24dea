import CKernels

/// Where crops may be centred, as two lists of flat voxel indices in ascending order.
protocol CropCandidates {
  var foregroundCount: Int { get }
  var backgroundCount: Int { get }
  func voxel(_ pick: Int, isForeground: Bool) -> Int
}

/// Both lists as another transform wrote them down.
struct ListedCandidates: CropCandidates {
  let foreground: [Int]
  let background: [Int]

  var foregroundCount: Int { foreground.count }
  var backgroundCount: Int { background.count }
  func voxel(_ pick: Int, isForeground: Bool) -> Int {
    isForeground ? foreground[pick] : background[pick]
  }
}

/// Both lists, never written down: counts per block find the block of a pick, a second look at that
/// block finds the voxel. A volume of 26 million voxels would need 200 MB of indices.
struct VoxelClasses: CropCandidates {
  let foregroundCount: Int
  let backgroundCount: Int
  private let label: Tensor
  private let image: Tensor?
  private let threshold: Float
  /// Per block, foreground and background.
  private let blocks: [(foreground: Int, background: Int)]

  private static let blockSize = 1 << 14

  init(label: Tensor, image: Tensor?, threshold: Float, threads: Int) {
    (self.label, self.image, self.threshold) = (label, image, threshold)
    let voxels = label.shape.dropFirst().reduce(1, *)
    let count = (voxels + Self.blockSize - 1) / Self.blockSize
    var blocks = [(foreground: Int, background: Int)](repeating: (0, 0), count: count)
    Self.withSource(label, image, threshold) { source in
      blocks.withUnsafeMutableBufferPointer { blocks in
        parallelFor(count, threads: threads, grain: 8) { part in
          for block in part {
            var counts: [Int64] = [0, 0]
            etude_count_classes(
              source, block * Self.blockSize, min((block + 1) * Self.blockSize, voxels), &counts)
            blocks[block] = (Int(counts[0]), Int(counts[1]))
          }
        }
      }
    }
    foregroundCount = blocks.reduce(0) { $0 + $1.foreground }
    backgroundCount = blocks.reduce(0) { $0 + $1.background }
    self.blocks = blocks
  }

  func voxel(_ pick: Int, isForeground: Bool) -> Int {
    var rest = pick
    for (block, counts) in blocks.enumerated() {
      let count = isForeground ? counts.foreground : counts.background
      if rest < count { return voxel(rest, in: block, mark: isForeground ? 1 : 2) }
      rest -= count
    }
    preconditionFailure("pick \(pick) is beyond the counted voxels")
  }

  private func voxel(_ pick: Int, in block: Int, mark: UInt8) -> Int {
    let begin = block * Self.blockSize
    let end = min(begin + Self.blockSize, label.shape.dropFirst().reduce(1, *))
    var marks = [UInt8](repeating: 0, count: end - begin)
    Self.withSource(label, image, threshold) { etude_classes($0, begin, end, &marks) }
    var rest = pick
    for (index, found) in marks.enumerated() where found == mark {
      if rest == 0 { return begin + index }
      rest -= 1
    }
    preconditionFailure("block \(block) holds fewer voxels of class \(mark) than counted")
  }

  /// The label without its background channel, and the image.
  private static func withSource(
    _ label: Tensor, _ image: Tensor?, _ threshold: Float,
    _ body: (UnsafePointer<etude_class_source>) -> Void
  ) {
    let voxels = label.shape.dropFirst().reduce(1, *)
    let skipped = label.shape[0] > 1 ? 1 : 0
    label.withElements(of: Float.self) { labels in
      func run(_ pixels: UnsafePointer<Float>?, _ channels: Int) {
        guard let start = labels.baseAddress else { return }
        var source = etude_class_source(
          label: start + skipped * voxels, image: pixels, label_channels: label.shape[0] - skipped,
          image_channels: channels, voxels: voxels, threshold: threshold)
        body(&source)
      }
      if let image {
        image.withElements(of: Float.self) { run($0.baseAddress, image.shape[0]) }
      } else {
        run(nil, 0)
      }
    }
  }
}
