import Components

/// Soft Dice loss, `1 - (2·Σtp + nr) / (Σt + Σp + dr)` for each item and channel (Milletari et al.,
/// 2016; `monai.losses.DiceLoss` of MONAI 0.8.1).
///
/// Shapes: prediction `[N, C, spatial…]`, target the same, or `[N, 1, spatial…]` of class numbers with
/// `to_onehot_y`; the result is one number, or `[N, C, 1…]` with reduction `none`.
public struct DiceLoss: Buildable {
  public enum Reduction: String, ChoiceArgument { case mean, sum, none }

  public var includeBackground = true
  public var oneHotTarget = false
  public var sigmoid = false
  public var softmax = false
  public var otherActivation: FunctionArgument?
  public var squaredPrediction = false
  public var jaccard = false
  public var reduction = Reduction.mean
  public var smoothNumerator = 1e-5
  public var smoothDenominator = 1e-5
  public var batch = false

  public init() {}

  public static var kind: ComponentKind { .loss }
  public static let schema = Schema<Self>(
    "DiceLoss", "Soft Dice overlap loss for segmentation.",
    .optional("include_background", \.includeBackground, "Whether channel 0 counts."),
    .optional("to_onehot_y", \.oneHotTarget, "The target holds class numbers in one channel."),
    .optional("sigmoid", \.sigmoid, "Apply a sigmoid to the prediction first."),
    .optional("softmax", \.softmax, "Apply a softmax over channels to the prediction first."),
    .optional("other_act", \.otherActivation, "Another activation; not available yet."),
    .optional("squared_pred", \.squaredPrediction, "Square both in the denominator."),
    .optional("jaccard", \.jaccard, "Use the Jaccard index instead of Dice."),
    .optional("reduction", \.reduction, "How items and channels become one number."),
    .optional("smooth_nr", \.smoothNumerator, in: 0..., "Added to the numerator."),
    .optional("smooth_dr", \.smoothDenominator, in: 0..., "Added to the denominator."),
    .optional("batch", \.batch, "Sum over the batch before dividing."))

  public func validate() throws(Fault) {
    if sigmoid && softmax {
      throw Fault(
        .invalid, "sigmoid and softmax exclude each other", argument: ["softmax"])
    }
    if otherActivation != nil {
      throw Fault(
        .unsupported, "other_act is not available", remedy: "use sigmoid or softmax",
        argument: ["other_act"])
    }
  }

  public func build(_ context: RunContext) -> any Object { DiceLossFunction(self, context.output) }
}
