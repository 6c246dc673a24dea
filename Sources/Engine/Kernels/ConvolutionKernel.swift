import CKernels
import COneDNN
import Components

/// The three passes of a convolution. A transposed convolution runs them in another order.
///
/// Shapes: input `[N, in, spatial…]`, output `[N, out, spatial…]`, each in the layout of its channel
/// count. `dtype` is what oneDNN computes in; plain results are float32 whatever it is. oneDNN takes
/// plain tensors only on the input side of forward and weight passes; elsewhere plain tensors of a
/// few channels go through our own kernels, or through blocks padded with zeros.
///
/// These start OpenMP threads: call them from the session's thread only.
struct ConvolutionKernel {
  let weights: ConvolutionWeights
  let dtype: DType

  /// How a pass may sum up.
  enum Products {
    /// As the definition has it.
    case direct
    /// With a third fewer products where there is code for it, and other last bits.
    case fewest

    /// For what a layer makes. An activation that is zero but for rounding keeps, where a derivative is
    /// asked of it, the side that it has in PyTorch.
    init(_ mode: ForwardMode) { self = mode.recordsGradients ? .direct : .fewest }
  }

  private var shape: ConvolutionShape { weights.shape }

  /// Biases are added by what follows: see `NormActivation`.
  func forward(_ input: Tensor, _ products: Products) throws -> Tensor {
    let sizes = Array(input.shape.dropFirst(2))
    let outputShape = [input.shape[0], shape.outChannels] + shape.outputSizes(sizes)
    if isSmall {
      let output = Tensor(uninitialized: outputShape)
      var small = smallShape(outputShape, inChannels: shape.inChannels)
      let x = input.converted(to: .plain, .float32), w = weights.parameter.value
      defer { withExtendedLifetime((x, w)) {} }
      etude_small_convolution(&small, x.floats, w.floats, nil, nil, output.mutableFloats)
      return output
    }
    let inLayout = Tensor.layout(forChannels: shape.inChannels)
    let x = input.converted(to: inLayout, dtype)
    let output = Tensor(uninitialized: outputShape, dtype: dtype, layout: .blocked)
    if products == .fewest, winograd(x, output, isBackward: false) {
      return settled(output, channels: shape.outChannels)
    }
    let plan = try self.plan(ETUDE_FORWARD, x, output)
    if isOurs(plan, x, output) {
      return settled(blocked(x, output, isBackward: false), channels: shape.outChannels)
    }
    try plan.run(input: x, weights: packed(plan, inLayout), output: output)
    return settled(output, channels: shape.outChannels)
  }

  /// The gradient of the input, from that of the output; or what a transposed convolution makes.
  func backwardData(
    _ gradient: Tensor, inputSizes: [Int], _ products: Products
  ) throws -> Tensor {
    let inputShape = [gradient.shape[0], shape.inChannels] + inputSizes
    if isSmall { return flippedSmall(gradient, inputShape) }
    if isSmallTransposed(gradient, inputSizes) { return smallTransposed(gradient, inputShape) }
    let g = gradient.converted(to: .blocked, dtype)
    let input = Tensor(uninitialized: inputShape, dtype: dtype, layout: .blocked)
    if products == .fewest, winograd(input, g, isBackward: true) {
      return settled(input, channels: shape.inChannels)
    }
    let plan = try self.plan(ETUDE_BACKWARD_DATA, input, g)
    if isOurs(plan, input, g) {
      return settled(blocked(input, g, isBackward: true), channels: shape.inChannels)
    }
    try plan.run(input: input, weights: packed(plan, .blocked), output: g)
    return settled(input, channels: shape.inChannels)
  }

  func backwardWeights(_ input: Tensor, _ gradient: Tensor) throws -> Tensor {
    if isSmall {
      let result = Tensor(uninitialized: shape.weightShape)
      var small = smallShape(gradient.shape, inChannels: shape.inChannels)
      let x = input.converted(to: .plain, .float32), g = gradient.converted(to: .plain, .float32)
      defer { withExtendedLifetime((x, g)) {} }
      etude_small_convolution_weights(&small, x.floats, g.floats, result.mutableFloats, nil)
      return result
    }
    let x = input.converted(to: Tensor.layout(forChannels: shape.inChannels), dtype)
    let g = gradient.converted(to: .blocked, dtype)
    let plan = try self.plan(ETUDE_BACKWARD_WEIGHTS, x, g)
    if plan.isMakeshift {
      let isPlain = x.layout == .plain && shape.isPlainThree && dtype == .float32
      return isPlain ? plainWeights(x, g) : blockedWeights(x, g)
    }
    let packed = Storage(byteCount: plan.weightBytes)
    try plan.run(input: x, weights: packed, output: g)
    let padded =
      [shape.padded(shape.outChannels, .blocked), shape.padded(shape.inChannels, x.layout)]
      + shape.kernel
    return weights.cropped(try plan.unpack(packed, shape: padded))
  }

  private func plan(_ pass: EtudePass, _ input: Tensor, _ output: Tensor) throws -> OneDNN.Plan {
    try OneDNN.plan(
      shape.described(
        pass, batch: input.shape[0], input: Array(input.shape.dropFirst(2)),
        output: Array(output.shape.dropFirst(2)), inLayout: input.layout,
        outLayout: output.layout, dtype: dtype))
  }

  private func packed(_ plan: OneDNN.Plan, _ inLayout: Tensor.Layout) throws -> Storage {
    try weights.packed(
      for: plan, inChannels: shape.padded(shape.inChannels, inLayout),
      outChannels: shape.padded(shape.outChannels, .blocked))
  }

  /// A blocked result as the next layer expects it.
  private func settled(_ result: Tensor, channels: Int) -> Tensor {
    Tensor.layout(forChannels: channels) == .blocked
      ? result : result.converted(to: .plain, .float32)
  }

  // The layers where oneDNN is slow.

  private func isOurs(_ plan: OneDNN.Plan, _ input: Tensor, _ output: Tensor) -> Bool {
    plan.isMakeshift && input.layout == .blocked && output.layout == .blocked
      && dtype == .float32 && shape.kernel.allSatisfy { $0 <= Self.mostTaps }
  }

  /// What one axis of a kernel may have in `BlockedConvolution.c`.
  private static let mostTaps = 16

  /// Fills `output` from `input`, or backward the other way round, and returns what was filled.
  private func blocked(_ input: Tensor, _ output: Tensor, isBackward: Bool) -> Tensor {
    var blocked = blockedShape(input, output)
    let packed = weights.packed(for: blocked, isBackward: isBackward)
    let (source, target) = isBackward ? (output, input) : (input, output)
    etude_blocked_convolution(
      &blocked, isBackward ? 1 : 0, source.floats, packed.floats, target.mutableFloats)
    withExtendedLifetime((source, packed)) {}
    return target
  }

  /// Fills `output` from `input`, or backward the other way round, by Winograd's products; false where
  /// there is no code for that.
  private func winograd(_ input: Tensor, _ output: Tensor, isBackward: Bool) -> Bool {
    guard input.layout == .blocked, output.layout == .blocked, dtype == .float32 else {
      return false
    }
    var blocked = blockedShape(input, output)
    let pass: Int32 = isBackward ? 1 : 0
    guard etude_has_winograd_convolution(&blocked) != 0 else { return false }
    let packed = weights.packedForWinograd(blocked, isBackward: isBackward)
    let scratch = Storage(
      byteCount: Int(etude_winograd_scratch(&blocked, pass)) * MemoryLayout<Float>.size)
    let (source, target) = isBackward ? (output, input) : (input, output)
    etude_winograd_convolution(
      &blocked, pass, source.floats, packed.floats, scratch.floats, target.mutableFloats)
    withExtendedLifetime((source, packed, scratch)) {}
    return true
  }

  private func blockedWeights(_ input: Tensor, _ gradient: Tensor) -> Tensor {
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

  private func plainWeights(_ x: Tensor, _ g: Tensor) -> Tensor {
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

  /// Few channels on both sides, stride 1.
  private var isSmall: Bool {
    shape.isPlainThree && shape.stride.allSatisfy { $0 == 1 }
      && max(shape.inChannels, shape.outChannels) <= Tensor.plainChannels
  }

  /// Back from blocks to a few channels of twice the size.
  private func isSmallTransposed(_ gradient: Tensor, _ inputSizes: [Int]) -> Bool {
    shape.isPlainThree && shape.stride.allSatisfy { $0 == 2 }
      && shape.inChannels <= Tensor.plainChannels && gradient.layout == .blocked
      && inputSizes == gradient.shape.dropFirst(2).map { $0 * 2 }
  }

  private func smallShape(_ tensorShape: [Int], inChannels: Int) -> EtudeSmallConvolution {
    let sizes = tensorShape.dropFirst(2).map(Int64.init)
    return EtudeSmallConvolution(
      batch: Int64(tensorShape[0]), inChannels: Int64(inChannels),
      outChannels: Int64(shape.outChannels), depth: shape.rank == 3 ? sizes[0] : 1,
      height: sizes[shape.rank - 2], width: sizes[shape.rank - 1],
      depthKernel: shape.rank == 3 ? 3 : 1, parts: Int32(ComputeThreads.count))
  }

  /// The data gradient of a stride-1 convolution is one with the weights turned round.
  private func flippedSmall(_ gradient: Tensor, _ inputShape: [Int]) -> Tensor {
    let taps = shape.kernel.reduce(1, *)
    let flipped = weights.parameter.value.withElements(of: Float.self) { from in
      Tensor(shape: [shape.inChannels, shape.outChannels] + shape.kernel, of: Float.self) { to in
        for out in 0..<shape.outChannels {
          for into in 0..<shape.inChannels {
            for tap in 0..<taps {
              to[(into * shape.outChannels + out) * taps + taps - 1 - tap] =
                from[(out * shape.inChannels + into) * taps + tap]
            }
          }
        }
      }
    }
    let result = Tensor(uninitialized: inputShape)
    var small = smallShape(inputShape, inChannels: shape.outChannels)
    small.outChannels = Int64(shape.inChannels)
    let g = gradient.converted(to: .plain, .float32)
    defer { withExtendedLifetime((g, flipped)) {} }
    etude_small_convolution(&small, g.floats, flipped.floats, nil, nil, result.mutableFloats)
    return result
  }

  private func smallTransposed(_ gradient: Tensor, _ inputShape: [Int]) -> Tensor {
    let result = Tensor(uninitialized: inputShape)
    var small = smallShape(
      gradient.shape, inChannels: shape.padded(shape.outChannels, .blocked))
    small.outChannels = Int64(shape.inChannels)
    let w = weights.parameter.value
    defer { withExtendedLifetime((gradient, w)) {} }
    etude_small_transposed(
      &small, Int64(shape.outChannels), Int64(Tensor.blockWidth),
      gradient.storage.bytes.baseAddress,
      gradient.dtype == .bfloat16 ? 1 : 0, w.floats, nil,
      result.mutableFloats)
    return result
  }
}

extension Tensor {
  /// The elements of a float32 tensor for a kernel that reads them while the tensor is alive.
  var floats: UnsafePointer<Float>? { UnsafePointer(storage.floats) }
  /// The elements for the kernel that fills a fresh tensor.
  var mutableFloats: UnsafeMutablePointer<Float>? { storage.floats }
}

extension Storage {
  /// The bytes as float32, for a kernel.
  var floats: UnsafeMutablePointer<Float>? {
    bytes.baseAddress?.assumingMemoryBound(to: Float.self)
  }
}
