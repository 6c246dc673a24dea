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

  var shape: ConvolutionShape { weights.shape }

  /// Biases are added by what follows: see `NormActivation`.
  func forward(_ input: Tensor, _ products: Products) throws -> Tensor {
    let sizes = Array(input.shape.dropFirst(2))
    let outputShape = [input.shape[0], shape.outChannels] + shape.outputSizes(sizes)
    if isSmall { return small(input, outputShape) }
    let x = input.converted(to: Tensor.layout(forChannels: shape.inChannels), dtype)
    let output = Tensor(uninitialized: outputShape, dtype: dtype, layout: .blocked)
    return try fill(x, output, isBackward: false, products)
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
    return try fill(input, g, isBackward: true, products)
  }

  /// Fills `output` from `input`, or backward the other way round; gives what was filled as the next
  /// layer expects it.
  private func fill(
    _ input: Tensor, _ output: Tensor, isBackward: Bool, _ products: Products
  ) throws -> Tensor {
    if products == .direct || !run(.winograd, input, output, isBackward: isBackward) {
      let plan = try self.plan(isBackward ? ETUDE_BACKWARD_DATA : ETUDE_FORWARD, input, output)
      if !plan.isMakeshift || !run(.direct, input, output, isBackward: isBackward) {
        try plan.run(input: input, weights: packed(plan, input.layout), output: output)
      }
    }
    let (made, channels) =
      isBackward ? (input, shape.inChannels) : (output, shape.outChannels)
    return Tensor.layout(forChannels: channels) == .blocked
      ? made : made.converted(to: .plain, .float32)
  }

  func backwardWeights(_ input: Tensor, _ gradient: Tensor) throws -> Tensor {
    if isSmall { return smallWeights(input, gradient) }
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
