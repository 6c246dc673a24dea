import CKernels

extension Tensor {
  /// Up to this many channels stay plain: padding them to a block would multiply the work.
  static let plainChannels = 3

  /// Channels in a block of the blocked layout: what a vector of this processor holds, 16 or 8.
  public static let blockWidth = OneDNN.blockWidth

  /// That many channels, filled up to whole blocks.
  static func padded(_ channels: Int) -> Int {
    (channels + blockWidth - 1) / blockWidth * blockWidth
  }

  /// How an activation of that many channels travels between layers.
  static func layout(forChannels channels: Int) -> Layout {
    channels <= plainChannels ? .plain : .blocked
  }

  /// Bytes of an activation, its padding included.
  static func byteCount(shape: [Int], dtype: DType, layout: Layout) -> Int {
    guard layout == .blocked else { return shape.reduce(1, *) * dtype.size }
    return shape[0] * padded(shape[1]) * shape.dropFirst(2).reduce(1, *) * dtype.size
  }

  /// Uninitialised memory in any layout; whoever asks fills it, padding included.
  init(uninitialized shape: [Int], dtype: DType = .float32, layout: Layout = .plain) {
    let byteCount = Self.byteCount(shape: shape, dtype: dtype, layout: layout)
    self.init(shape: shape, dtype: dtype, layout: layout, storage: Storage(byteCount: byteCount))
  }

  /// Numbers of one channel of one item: the product of the axes after the second.
  var voxels: Int { shape.dropFirst(2).reduce(1, *) }

  /// The same activation in another layout and floating-point type. Shapes: `[N, C, spatial…]`.
  /// Returns itself when nothing changes; histories do not follow.
  func converted(to newLayout: Layout, _ newType: DType) -> Tensor {
    if newLayout == layout, newType == dtype { return self }
    precondition(
      [.float32, .bfloat16].contains(dtype) && [.float32, .bfloat16].contains(newType),
      "\(dtype) as \(newType)")
    let result = Tensor(uninitialized: shape, dtype: newType, layout: newLayout)
    let parts = Int32(ComputeThreads.count)
    let from = storage.bytes.baseAddress, to = result.storage.bytes.baseAddress
    if newLayout == layout {
      let count = Int64(storage.bytes.count / dtype.size)
      if newType == .bfloat16 {
        etude_float_to_bf16(
          from?.assumingMemoryBound(to: Float.self), to?.assumingMemoryBound(to: UInt16.self),
          count, parts)
      } else {
        etude_bf16_to_float(
          from?.assumingMemoryBound(to: UInt16.self), to?.assumingMemoryBound(to: Float.self),
          count, parts)
      }
    } else {
      let reorder = newLayout == .blocked ? etude_plain_to_blocked : etude_blocked_to_plain
      reorder(
        from, dtype == .bfloat16 ? 1 : 0, to, newType == .bfloat16 ? 1 : 0, Int64(shape[0]),
        Int64(shape[1]), Int64(voxels), Int64(Self.blockWidth), parts)
    }
    return result
  }

  /// Plain, as everything outside the network expects.
  public var plain: Tensor { converted(to: .plain, dtype) }
}
