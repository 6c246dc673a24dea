import CKernels

extension Tensor {
  /// What `body` makes of each item of a plain batch `[N, C, spatial…]`, as a batch again. It is given
  /// batches of one, and makes float32 ones of one shape.
  func itemByItem(_ body: (Tensor) throws -> Tensor) throws -> Tensor {
    var result: Tensor?
    for index in 0..<shape[0] {
      let one = Tensor(uninitialized: [1] + shape.dropFirst(), dtype: dtype)
      Self.copy(self, index, to: one, 0)
      let made = try body(one)
      let whole =
        result ?? Tensor(uninitialized: [shape[0]] + made.shape.dropFirst(), dtype: made.dtype)
      Self.copy(made, 0, to: whole, index)
      result = whole
    }
    return result ?? self
  }

  /// Item for item, channel by channel.
  private static func copy(_ source: Tensor, _ from: Int, to target: Tensor, _ index: Int) {
    let channels = source.shape[1]
    let channel = source.voxels * source.dtype.size
    let item = channels * channel
    etude_copy_items(
      source.storage.bytes.baseAddress.map { $0 + from * item }, Int64(channel),
      target.storage.bytes.baseAddress.map { $0 + index * item }, Int64(channel), Int64(channel),
      Int64(channels), Int32(ComputeThreads.count))
    withExtendedLifetime((source, target)) {}
  }
}
