import COneDNN

/// The fixed part of a convolution: everything but batch and sizes.
///
/// A transposed convolution is described by the convolution it is the adjoint of, whose `inChannels`
/// are its outputs; its weights `[in, out, kernel…]` then have that convolution's order
/// `[outChannels, inChannels, kernel…]` without moving.
struct ConvolutionShape: Sendable, Hashable {
  var inChannels: Int
  var outChannels: Int
  /// One entry a spatial axis, 2 or 3 of them.
  var kernel: [Int]
  var stride: [Int]
  var padding: [Int]
  var dilation: [Int]

  var rank: Int { kernel.count }
  var weightShape: [Int] { [outChannels, inChannels] + kernel }

  /// Kernel 3 with padding 1 and no dilation: what our own kernels do.
  var isPlainThree: Bool {
    kernel.allSatisfy { $0 == 3 } && padding.allSatisfy { $0 == 1 }
      && dilation.allSatisfy { $0 == 1 }
  }

  /// Sizes after the convolution.
  func outputSizes(_ input: [Int]) -> [Int] {
    (0..<rank).map { axis in
      let reach = dilation[axis] * (kernel[axis] - 1)
      return (input[axis] + 2 * padding[axis] - reach - 1) / stride[axis] + 1
    }
  }

  /// The shim's description. Channel counts are those of the layouts: padded where blocked.
  func described(
    _ pass: EtudePass, batch: Int, input: [Int], output: [Int], inLayout: Tensor.Layout,
    outLayout: Tensor.Layout, dtype: DType
  ) -> EtudeConvolution {
    var shape = EtudeConvolution()
    let missing = 3 - rank
    func triple(_ values: [Int], _ filler: Int) -> (Int64, Int64, Int64) {
      let all = (Array(repeating: filler, count: missing) + values).map(Int64.init)
      return (all[0], all[1], all[2])
    }
    let type = Int64(dtype == .bfloat16 ? ETUDE_BFLOAT16.rawValue : ETUDE_FLOAT32.rawValue)
    shape.rank = Int64(rank)
    shape.batch = Int64(batch)
    shape.inChannels = Int64(padded(inChannels, inLayout))
    shape.outChannels = Int64(padded(outChannels, outLayout))
    shape.input = triple(input, 1)
    shape.output = triple(output, 1)
    shape.kernel = triple(kernel, 1)
    shape.stride = triple(stride, 1)
    shape.dilation = triple(dilation, 1)
    shape.padding = triple(padding, 0)
    shape.inputWidth = Int64(inLayout == .blocked ? Tensor.blockWidth : 1)
    shape.outputWidth = Int64(outLayout == .blocked ? Tensor.blockWidth : 1)
    shape.type = type
    shape.threads = Int64(ComputeThreads.count)
    shape.pass = Int64(pass.rawValue)
    return shape
  }

  func padded(_ channels: Int, _ layout: Tensor.Layout) -> Int {
    layout == .blocked ? Tensor.padded(channels) : channels
  }
}
