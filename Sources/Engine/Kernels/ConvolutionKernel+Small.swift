import CKernels
import Components

/// Layers of a few plain channels.
extension ConvolutionKernel {
  /// Few channels on both sides, stride 1.
  var isSmall: Bool {
    shape.isPlainThree && shape.stride.allSatisfy { $0 == 1 }
      && max(shape.inChannels, shape.outChannels) <= Tensor.plainChannels
  }

  /// Back from blocks to a few channels of twice the size.
  func isSmallTransposed(_ gradient: Tensor, _ inputSizes: [Int]) -> Bool {
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

  func small(_ input: Tensor, _ outputShape: [Int]) -> Tensor {
    let output = Tensor(uninitialized: outputShape)
    var small = smallShape(outputShape, inChannels: shape.inChannels)
    let x = input.converted(to: .plain, .float32), w = weights.parameter.value
    defer { withExtendedLifetime((x, w)) {} }
    etude_small_convolution(&small, x.floats, w.floats, nil, nil, output.mutableFloats)
    return output
  }

  func smallWeights(_ input: Tensor, _ gradient: Tensor) -> Tensor {
    let result = Tensor(uninitialized: shape.weightShape)
    var small = smallShape(gradient.shape, inChannels: shape.inChannels)
    let x = input.converted(to: .plain, .float32), g = gradient.converted(to: .plain, .float32)
    defer { withExtendedLifetime((x, g)) {} }
    etude_small_convolution_weights(&small, x.floats, g.floats, result.mutableFloats, nil)
    return result
  }

  /// The data gradient of a stride-1 convolution is one with the weights turned round.
  func flippedSmall(_ gradient: Tensor, _ inputShape: [Int]) -> Tensor {
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

  func smallTransposed(_ gradient: Tensor, _ inputShape: [Int]) -> Tensor {
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
