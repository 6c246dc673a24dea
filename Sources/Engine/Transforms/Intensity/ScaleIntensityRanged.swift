import CKernels
import Components

/// Maps intensities from `a_min…a_max` to `b_min…b_max`.
///
/// Source: `monai.transforms.ScaleIntensityRanged` 0.8.1, rounded to float32 after every step as
/// numpy does there. When a_max equals a_min the result is x − a_min (+ b_min), not clipped.
public struct ScaleIntensityRanged: MapTransform {
  public var keys: OneOrMany<String> = .many([])
  public var aMin = 0.0
  public var aMax = 0.0
  public var bMin: Double?
  public var bMax: Double?
  public var clip = false
  public var dtype: VoxelType? = .float32
  public var allowMissingKeys = false
  private let remarks = NoteOnce()

  public init() {}

  public static let schema = Schema<Self>(
    "ScaleIntensityRanged", "Scale an intensity range linearly onto another.", .keys,
    .required("a_min", \.aMin, "Intensity that becomes b_min."),
    .required("a_max", \.aMax, "Intensity that becomes b_max."),
    .optional("b_min", \.bMin, "Lower end of the new range; None leaves 0."),
    .optional("b_max", \.bMax, "Upper end of the new range; None leaves 1."),
    .optional("clip", \.clip, "Cut values beyond the new range."),
    .optional("dtype", \.dtype, "Element type of the result."), .allowMissingKeys)

  public func validate() throws(Fault) {
    try validateKeys()
    if clip && bMin == nil && bMax == nil {
      throw Fault(
        .invalid, "clip needs b_min or b_max to clip to", argument: ["clip"])
    }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    if aMin == aMax {
      remarks.note(
        "ScaleIntensityRanged: a_min and a_max are both \(aMin), nothing is scaled", context)
    }
    try updateEachKey(of: &sample) { sample, _, key in
      let scaled = scale(try sample.image(key), context.threads)
      sample[key] = .tensor(dtype?.rounding(scaled) ?? scaled)
    }
    return .one(sample)
  }

  private func scale(_ image: Tensor, _ threads: Int) -> Tensor {
    var scaling = etude_scaling()
    scaling.subtract = Float(aMin)
    scaling.divide = 1
    if aMin == aMax {
      (scaling.multiply, scaling.add, scaling.rescale) = (1, Float(bMin ?? 0), 1)
    } else {
      scaling.divide = Float(aMax - aMin)
      if let bMin, let bMax {
        (scaling.multiply, scaling.add, scaling.rescale) = (Float(bMax - bMin), Float(bMin), 1)
      }
      if clip, let bMin { (scaling.low, scaling.clip_low) = (Float(bMin), 1) }
      if clip, let bMax { (scaling.high, scaling.clip_high) = (Float(bMax), 1) }
    }
    let fixed = scaling
    return image.mapped(threads: threads) { input, output, count in
      withUnsafePointer(to: fixed) { etude_scale(input, output, count, $0) }
    }
  }
}
