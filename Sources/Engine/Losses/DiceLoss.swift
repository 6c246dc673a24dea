import Components

/// Soft Dice loss, `1 - (2·Σtp + nr) / (Σt + Σp + dr)` for each item and channel (Milletari et al.,
/// 2016; `monai.losses.DiceLoss` of MONAI 0.8.1).
///
/// Shapes: prediction `[N, C, spatial…]`, target the same, or `[N, 1, spatial…]` of class numbers with
/// `to_onehot_y`; the result is one number, or `[N, C, 1…]` with reduction `none`.
public struct DiceLoss: LossArguments {
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

  public func preview(prediction: TensorSpec, target: TensorSpec) throws(Fault) {
    guard prediction.shape.count >= 2 else {
      throw Fault(.shape, "DiceLoss takes [N, C, spatial…]", got: prediction.text)
    }
    let wanted = wanted(for: prediction)
    if !target.fits(wanted) { throw misfit(target, wanted, prediction) }
  }

  /// The target that goes with a prediction: one channel of class numbers, or one for each class.
  func wanted(for prediction: TensorSpec) -> TensorSpec {
    guard oneHotTarget, prediction.shape[1] != 1 else { return prediction }
    return TensorSpec(
      shape: [prediction.shape[0], 1] + prediction.shape.dropFirst(2), dtype: prediction.dtype)
  }

  func misfit(_ target: TensorSpec, _ wanted: TensorSpec, _ prediction: TensorSpec) -> Fault {
    let isSameSpace = TensorSpec(shape: Array(target.shape.dropFirst(2))).fits(
      TensorSpec(shape: Array(prediction.shape.dropFirst(2))))
    let isClassTarget = oneHotTarget && prediction.shape[1] != 1
    return Fault(
      .shape, "the target does not fit the prediction", got: target.text, wanted: wanted.text,
      remedy: !isClassTarget && isSameSpace
        ? "set to_onehot_y to true for a target of class numbers" : nil,
      argument: isSameSpace ? ["to_onehot_y"] : [])
  }
}
