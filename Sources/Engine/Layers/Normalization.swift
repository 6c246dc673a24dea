import Components
import Synchronization

/// Brings every channel to mean 0 and variance 1, then scales and shifts it.
///
/// `BatchNorm1d…3d` and `InstanceNorm1d…3d` of torch 1.13.1: eps 1e-5, momentum 0.1; normalising with
/// the biased variance, running statistics of the unbiased one.
final class Normalization: Sendable {
  enum Kind: String, Sendable, ChoiceArgument { case batch, instance }

  struct Options: Sendable, Hashable {
    var kind: Kind
    var epsilon = 1e-5
    var momentum = 0.1
    /// nil is the kind's default: true for batch, false for instance.
    var affine: Bool?
    var isAffine: Bool { affine ?? (kind == .batch) }
  }

  let options: Options
  let channels: Int
  /// Prefix of its names in a `state_dict`.
  let name: String
  let weight: Parameter?
  let bias: Parameter?
  /// Batch norm's running mean and variance and how many batches went in.
  private let running: Mutex<(mean: [Float], variance: [Float], batches: Int64)>

  init(_ options: Options, channels: Int, name: String) {
    (self.options, self.channels, self.name) = (options, channels, name)
    let ones = Array(repeating: Float(1), count: channels)
    let zeros = Array(repeating: Float(0), count: channels)
    weight =
      options.isAffine
      ? Parameter(name: "\(name).weight", value: Tensor(ones, shape: [channels])) : nil
    bias =
      options.isAffine
      ? Parameter(name: "\(name).bias", value: Tensor(zeros, shape: [channels])) : nil
    running = Mutex((zeros, ones, 0))
  }

  var tracksStatistics: Bool { options.kind == .batch }

  var statistics: (mean: [Float], variance: [Float], batches: Int64) {
    get { running.withLock { $0 } }
    set { running.withLock { $0 = newValue } }
  }

  /// Counts a batch in. `bias` is what the convolution before would have added to the mean.
  func track(mean: [Double], variance: [Double], count: Int, bias: [Float]) {
    let factor = options.momentum, unbiased = Double(count) / Double(count - 1)
    running.withLock { running in
      for channel in 0..<channels {
        let batchMean = mean[channel] + Double(bias[channel])
        running.mean[channel] = Float(
          Double(running.mean[channel]) * (1 - factor) + batchMean * factor)
        running.variance[channel] = Float(
          Double(running.variance[channel]) * (1 - factor) + variance[channel] * unbiased * factor)
      }
      running.batches += 1
    }
  }
}

/// The non-linearity of a block.
enum Activation: Sendable {
  /// Nothing below zero changes sign: the factor there, 0 for ReLU.
  case fixed(slope: Float)
  /// One trainable factor: PReLU.
  case trainable(Parameter)

  var slope: Float {
    switch self {
    case .fixed(let slope): slope
    case .trainable(let parameter): parameter.value.withElements(of: Float.self) { $0[0] }
    }
  }

  var parameter: Parameter? {
    if case .trainable(let parameter) = self { parameter } else { nil }
  }
}
