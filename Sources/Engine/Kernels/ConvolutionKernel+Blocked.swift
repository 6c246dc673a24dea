import CKernels
import COneDNN
import Components

/// Blocked layers for which oneDNN has no code of its own, or slower code than ours; float32 alone.
extension ConvolutionKernel {
  /// Fills `output` from `input`, or backward the other way round, by our own code; false where there is
  /// none for it.
  func run(
    _ way: BlockedConvolution, _ input: Tensor, _ output: Tensor, isBackward: Bool
  ) -> Bool {
    guard input.layout == .blocked, output.layout == .blocked, dtype == .float32 else {
      return false
    }
    let blocked = blockedShape(input, output)
    guard way.covers(blocked) else { return false }
    let packed = weights.packed(for: way, blocked, isBackward: isBackward)
    let (source, target) = isBackward ? (output, input) : (input, output)
    way.run(blocked, isBackward: isBackward, from: source, packed, to: target)
    return true
  }

  func blockedWeights(_ input: Tensor, _ gradient: Tensor) -> Tensor {
    let x = input.converted(to: .blocked, .float32)
    let g = gradient.converted(to: .blocked, .float32)
    var blocked = blockedShape(x, g)
    let result = Tensor(
      uninitialized: [
        Int(blocked.outBlocks * blocked.width), Int(blocked.inBlocks * blocked.width),
      ] + shape.kernel)
    etude_blocked_weights(&blocked, x.floats, g.floats, result.mutableFloats)
    withExtendedLifetime((x, g)) {}
    return weights.cropped(result)
  }

  func plainWeights(_ x: Tensor, _ g: Tensor) -> Tensor {
    var plain = blockedShape(x, g)
    let result = Tensor(
      uninitialized: [Int(plain.outBlocks * plain.width), shape.inChannels] + shape.kernel)
    etude_plain_weights(&plain, Int64(shape.inChannels), x.floats, g.floats, result.mutableFloats)
    withExtendedLifetime((x, g)) {}
    return weights.cropped(result)
  }

  private func blockedShape(_ input: Tensor, _ output: Tensor) -> EtudeBlockedConvolution {
    let described = shape.described(
      ETUDE_FORWARD, batch: input.shape[0], input: Array(input.shape.dropFirst(2)),
      output: Array(output.shape.dropFirst(2)), inLayout: .blocked, outLayout: .blocked,
      dtype: .float32)
    return EtudeBlockedConvolution(
      batch: described.batch, width: described.inputWidth,
      inBlocks: described.inChannels / described.inputWidth,
      outBlocks: described.outChannels / described.outputWidth, input: described.input,
      output: described.output, kernel: described.kernel, stride: described.stride,
      padding: described.padding, dilation: described.dilation,
      parts: Int32(ComputeThreads.count))
  }
}
