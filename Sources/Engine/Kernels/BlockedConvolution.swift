import CKernels

/// Our own code for convolutions between blocked float32 tensors and for their data gradients.
enum BlockedConvolution: Hashable {
  /// As the definition has it.
  case direct
  /// With two thirds of the products, and other last bits.
  case winograd

  func covers(_ shape: EtudeBlockedConvolution) -> Bool {
    switch self {
    case .direct:
      [shape.kernel.0, shape.kernel.1, shape.kernel.2].allSatisfy { $0 <= Self.mostTaps }
    case .winograd: withUnsafePointer(to: shape) { etude_has_winograd_convolution($0) } != 0
    }
  }

  /// What one axis of a kernel may have in `BlockedConvolution.c`.
  private static let mostTaps = 16

  /// `[out][in][kernel…]` with padded channel counts, in the order that the pass reads.
  func packed(
    _ shape: EtudeBlockedConvolution, isBackward: Bool, _ weights: Tensor
  ) -> Storage {
    withUnsafePointer(to: shape) { shape in
      let pass: Int32 = isBackward ? 1 : 0
      let count = self == .direct ? weights.count : Int(etude_winograd_weights(shape))
      let packed = Storage(byteCount: count * MemoryLayout<Float>.size)
      switch self {
      case .direct: etude_pack_blocked_convolution(shape, pass, weights.floats, packed.floats)
      case .winograd: etude_pack_winograd_convolution(shape, pass, weights.floats, packed.floats)
      }
      withExtendedLifetime(weights) {}
      return packed
    }
  }

  /// Computes `target` from `source`: the gradient of the input from that of the output where it goes
  /// backward.
  func run(
    _ shape: EtudeBlockedConvolution, isBackward: Bool, from source: Tensor, _ packed: Storage,
    to target: Tensor
  ) {
    withUnsafePointer(to: shape) { shape in
      let pass: Int32 = isBackward ? 1 : 0
      switch self {
      case .direct:
        etude_blocked_convolution(
          shape, pass, source.floats, packed.floats, target.mutableFloats)
      case .winograd:
        let count = Int(etude_winograd_scratch(shape, pass))
        let scratch = Storage(byteCount: count * MemoryLayout<Float>.size)
        etude_winograd_convolution(
          shape, pass, source.floats, packed.floats, scratch.floats, target.mutableFloats)
        withExtendedLifetime(scratch) {}
      }
    }
    withExtendedLifetime((source, packed)) {}
  }
}
