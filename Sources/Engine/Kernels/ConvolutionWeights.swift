import CKernels
import Components
import Synchronization

/// A convolution's weights with the copies that primitives want, kept until the weights change.
final class ConvolutionWeights: Sendable {
  let parameter: Parameter
  let shape: ConvolutionShape
  private let packed = Mutex<[Order: (version: Int, storage: Storage)]>([:])

  /// Whose order a copy is in.
  private enum Order: Hashable {
    case plan(Int)
    case own(BlockedConvolution, isBackward: Bool)
  }

  init(_ parameter: Parameter, _ shape: ConvolutionShape) {
    (self.parameter, self.shape) = (parameter, shape)
  }

  /// The weights in the order of `plan`, whose channel counts may be padded.
  func packed(for plan: OneDNN.Plan, inChannels: Int, outChannels: Int) throws -> Storage {
    try packed(.plan(plan.identity)) { value throws(Fault) in
      try plan.pack(padded(value, inChannels: inChannels, outChannels: outChannels))
    }
  }

  /// The weights as our own code reads them in one of its passes.
  func packed(
    for way: BlockedConvolution, _ shape: EtudeBlockedConvolution, isBackward: Bool
  ) -> Storage {
    packed(.own(way, isBackward: isBackward)) { value in
      let width = Int(shape.width)
      let padded = padded(
        value, inChannels: Int(shape.inBlocks) * width, outChannels: Int(shape.outBlocks) * width)
      return way.packed(shape, isBackward: isBackward, padded)
    }
  }

  private func packed<Failure: Error>(
    _ order: Order, _ pack: (Tensor) throws(Failure) -> Storage
  ) throws(Failure) -> Storage {
    let (value, version) = parameter.current
    if let kept = packed.withLock({ $0[order] }), kept.version == version { return kept.storage }
    let storage = try pack(value)
    packed.withLock { packed in
      packed = packed.filter { $0.value.version == version }
      packed[order] = (version, storage)
    }
    return storage
  }

  /// With zeros for the channels that only exist in blocks.
  private func padded(_ value: Tensor, inChannels: Int, outChannels: Int) -> Tensor {
    if inChannels == shape.inChannels, outChannels == shape.outChannels { return value }
    let taps = shape.kernel.reduce(1, *)
    return value.withElements(of: Float.self) { from in
      Tensor(shape: [outChannels, inChannels] + shape.kernel, of: Float.self) { to in
        to.initialize(repeating: 0)
        for out in 0..<shape.outChannels {
          let row = shape.inChannels * taps
          for index in 0..<row { to[out * inChannels * taps + index] = from[out * row + index] }
        }
      }
    }
  }

  /// A gradient of padded weights without the padding.
  func cropped(_ gradient: Tensor) -> Tensor {
    if gradient.shape == shape.weightShape { return gradient }
    let taps = shape.kernel.reduce(1, *), inChannels = gradient.shape[1]
    return gradient.withElements(of: Float.self) { from in
      Tensor(shape: shape.weightShape, of: Float.self) { to in
        let row = shape.inChannels * taps
        for out in 0..<shape.outChannels {
          for index in 0..<row { to[out * row + index] = from[out * inChannels * taps + index] }
        }
      }
    }
  }
}
