/// A convolution without its bias, which the operation after it adds.
///
/// Shapes: `[N, in, spatial…]` → `[N, out, spatial…]`. Derivatives: a transposed convolution for the
/// input, a correlation of input and gradient for the weights.
func convolution(_ input: Tensor, _ weights: ConvolutionWeights, _ mode: ForwardMode) throws
  -> Tensor
{
  let kernel = ConvolutionKernel(weights: weights, dtype: mode.precision.dtype)
  let output = try kernel.forward(input, .init(mode))
  guard mode.recordsGradients else { return output }
  let sizes = Array(input.shape.dropFirst(2))
  let wantsInput = input.node != nil
  let saved = KeptInput(input)
  return output.recorded([.init(input), .init(weights.parameter)]) { gradient in
    let forWeights = try kernel.backwardWeights(saved.value, gradient)
    let forInput = wantsInput ? try kernel.backwardData(gradient, inputSizes: sizes, .fewest) : nil
    return [forInput, forWeights]
  }
}

/// A transposed convolution without its bias; `sizes` are the spatial sizes of the result.
///
/// Shapes: `[N, in, spatial…]` → `[N, out, sizes…]`. The passes are those of `convolution` with
/// input and output exchanged.
func transposedConvolution(
  _ input: Tensor, _ weights: ConvolutionWeights, sizes: [Int], _ mode: ForwardMode
) throws -> Tensor {
  let kernel = ConvolutionKernel(weights: weights, dtype: mode.precision.dtype)
  let output = try kernel.backwardData(input, inputSizes: sizes, .init(mode))
  guard mode.recordsGradients else { return output }
  let wantsInput = input.node != nil
  let saved = KeptInput(input)
  return output.recorded([.init(input), .init(weights.parameter)]) { gradient in
    let forWeights = try kernel.backwardWeights(gradient, saved.value)
    let forInput = wantsInput ? try kernel.forward(gradient, .fewest) : nil
    return [forInput, forWeights]
  }
}

extension ForwardMode.Precision {
  /// What convolutions compute in and activations are stored as.
  var dtype: DType { self == .bfloat16 ? .bfloat16 : .float32 }
}
