import CKernels
import Components

/// Turns predictions into labels: the largest channel, one-hot, above a threshold, or rounded; in
/// this order, as far as asked for. The result is float32.
///
/// The last four arguments are the spelling of 4.0 configs: `to_onehot: true` with `n_classes`,
/// `threshold_values: true` with `logit_thresh`. Source: `monai.transforms.AsDiscreted` 0.8.1.
public struct AsDiscreted: MapTransform {
  public enum Rounding: String, ChoiceArgument, Sendable { case torchrounding }

  public var keys: OneOrMany<String> = .many([])
  public var argmax: OneOrMany<Bool> = .one(false)
  public var toOneHot: OneOrMany<Either<Int, Bool>?> = .one(nil)
  public var threshold: OneOrMany<Either<Double, Bool>?> = .one(nil)
  public var rounding: OneOrMany<Rounding?> = .one(nil)
  public var allowMissingKeys = false
  public var nClasses: OneOrMany<Int?> = .one(nil)
  public var numClasses: OneOrMany<Int?> = .one(nil)
  public var logitThreshold: OneOrMany<Double> = .one(0.5)
  public var thresholdValues: OneOrMany<Bool> = .one(false)

  public init() {}

  public static let schema = Schema<Self>(
    "AsDiscreted", "Make discrete labels of predictions.", .keys,
    .optional("argmax", \.argmax, "Take the channel of the largest value."),
    .optional("to_onehot", \.toOneHot, "One-hot with this many classes."),
    .optional("threshold", \.threshold, "1 where a value reaches this, 0 elsewhere."),
    .optional("rounding", \.rounding, "Round to whole numbers, halves to even."),
    .allowMissingKeys,
    .optional("n_classes", \.nClasses, "Old spelling: classes when to_onehot is True."),
    .optional("num_classes", \.numClasses, "Old spelling: classes when to_onehot is True."),
    .optional("logit_thresh", \.logitThreshold, "Old spelling: the threshold when it is True."),
    .optional("threshold_values", \.thresholdValues, "Old spelling: apply logit_thresh."))

  public func validate() throws(Fault) {
    try validateKeys()
    try validatePerKey(argmax, "argmax")
    try validatePerKey(toOneHot, "to_onehot")
    try validatePerKey(threshold, "threshold")
    try validatePerKey(rounding, "rounding")
    try validatePerKey(nClasses, "n_classes")
    try validatePerKey(numClasses, "num_classes")
    try validatePerKey(logitThreshold, "logit_thresh")
    try validatePerKey(thresholdValues, "threshold_values")
    for index in keys.values.indices {
      if case .second(true)? = value(toOneHot, at: index), classes(at: index) == nil {
        throw Fault(
          .missingArgument, "to_onehot is True but the number of classes is missing",
          remedy: "write to_onehot=2 for two classes", argument: ["to_onehot"])
      }
      if let classes = classes(at: index), classes < 1 {
        throw Fault(
          .outOfRange, "to_onehot needs at least one class", got: "\(classes)",
          argument: ["to_onehot"])
      }
    }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      sample[key] = .tensor(try discrete(try sample.image(key), at: index, context.threads))
    }
    return .one(sample)
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, index, key) throws(Fault) in
      var shape = try spec.tensor(key).shape
      if value(argmax, at: index), !shape.isEmpty { shape[0] = 1 }
      if let classes = classes(at: index), !shape.isEmpty {
        if let channels = shape[0], channels != 1 {
          throw Self.notOneChannel(shape.map { $0 ?? -1 })
        }
        shape[0] = classes
      }
      spec.tensors[key] = TensorSpec(shape: shape)
    }
  }

  private func discrete(_ image: Tensor, at index: Int, _ threads: Int) throws(Fault) -> Tensor {
    guard image.rank > 0 else { throw Fault(.shape, "a single number has no channels") }
    var image = image
    let channels = image.shape[0]
    let classes = classes(at: index)
    if value(argmax, at: index), let classes, classes >= channels {
      image = image.mappedPlanes(channels: classes, threads: threads) {
        etude_argmax_one_hot($0, channels, $2, $3.lowerBound, $3.upperBound, classes, $1)
      }
    } else {
      if value(argmax, at: index) {
        image = image.mappedPlanes(channels: 1, threads: threads) {
          etude_argmax($0, channels, $2, $3.lowerBound, $3.upperBound, $1)
        }
      }
      if let classes { image = try Self.oneHot(image, classes, threads) }
    }
    if let level = level(at: index) {
      image = image.mapped(threads: threads) { etude_threshold($0, $1, $2, Float(level)) }
    }
    if value(rounding, at: index) != nil {
      image = image.mapped(threads: threads) { etude_round($0, $1, $2) }
    }
    return image
  }

  private static func oneHot(
    _ image: Tensor, _ classes: Int, _ threads: Int
  ) throws(Fault) -> Tensor {
    guard image.shape[0] == 1 else { throw notOneChannel(image.shape) }
    let voxels = image.count
    let parts = (voxels + voxelGrain - 1) / voxelGrain
    var wrong = [Int](repeating: -1, count: max(parts, 1))
    let result = wrong.withUnsafeMutableBufferPointer { wrong in
      image.mappedPlanes(channels: classes, threads: threads) { input, output, count, part in
        wrong[part.lowerBound / voxelGrain] = etude_one_hot(
          input, count, part.lowerBound, part.upperBound, classes, output)
      }
    }
    if let place = wrong.first(where: { $0 >= 0 }) {
      let label = image.withElements(of: Float.self) { $0[place] }
      throw Fault(
        .data, "label \(Int(clamping: label)) has no class among \(classes)",
        got: "\(label)", wanted: "0 to \(classes - 1)", argument: ["to_onehot"])
    }
    return result
  }

  private static func notOneChannel(_ shape: [Int]) -> Fault {
    Fault(
      .shape, "one-hot needs labels with one channel", got: "\(shape)",
      remedy: "set argmax to True for predictions", argument: ["to_onehot"])
  }

  /// The number of one-hot classes, from either spelling.
  public func classes(at index: Int) -> Int? {
    switch value(toOneHot, at: index) {
    case .first(let classes)?: classes
    case .second(true)?: value(numClasses, at: index) ?? value(nClasses, at: index)
    case .second(false)?, nil: nil
    }
  }

  /// The threshold, from either spelling.
  private func level(at index: Int) -> Double? {
    switch value(threshold, at: index) {
    case .first(let level)?: level
    case .second(true)?: value(logitThreshold, at: index)
    case .second(false)?: nil
    case nil: value(thresholdValues, at: index) ? value(logitThreshold, at: index) : nil
    }
  }
}

extension Int {
  fileprivate init(clamping value: Float) {
    self = value.isNaN ? 0 : Int(Swift.min(Swift.max(value, -0x1p62), 0x1p62))
  }
}
