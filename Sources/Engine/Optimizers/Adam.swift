import Components

/// `p ← p − lr · m̂ / (√v̂ + eps)`, with m and v the running means of the gradient and its square, both
/// corrected for their start at zero (Kingma and Ba, 2015; torch 1.13.1 `Adam`, not fused).
///
/// `amsgrad` divides by the largest v so far (Reddi, Kale and Kumar, 2018).
public struct Adam: UpdateRule {
  public var params: Value = .list([])
  public var lr = 1e-3
  public var betas = [0.9, 0.999]
  public var eps = 1e-8
  public var weightDecay = 0.0
  public var amsgrad = false
  public var maximize = false

  public init() {}

  public static let schema = Schema<Self>(
    "Adam", "Steps along running means of the gradient, scaled by its running size.",
    .required("params", \.params, "Parameters, or groups such as {\"params\": ..., \"lr\": ...}."),
    .optional("lr", \.lr, in: 0..., "Learning rate."),
    .optional("betas", \.betas, "Decay rates of the two running means."),
    .optional("eps", \.eps, in: 0..., "Added to the denominator."),
    .optional("weight_decay", \.weightDecay, in: 0..., "L2 penalty, added to the gradient."),
    .optional("amsgrad", \.amsgrad, "Divide by the largest second moment so far."),
    .optional("maximize", \.maximize, "Climb instead of descend."))

  public func validate() throws(Fault) { try checkBetas(betas) }

  var options: [(String, StateValue)] {
    [
      ("lr", .double(lr)), ("betas", .tuple(betas.map { .double($0) })), ("eps", .double(eps)),
      ("weight_decay", .double(weightDecay)), ("amsgrad", .bool(amsgrad)),
      ("maximize", .bool(maximize)), ("foreach", .none), ("capturable", .bool(false)),
      ("differentiable", .bool(false)), ("fused", .bool(false)),
    ]
  }

  func update(
    _ value: inout Tensor, along gradient: Tensor, _ memory: inout Moments?, threads: Int
  ) {
    var moments = memory ?? Moments(zeros: value.shape)
    memory = nil  // the only holder writes in place
    moments.advance(
      &value, along: gradient,
      Moments.Hyperparameters(
        lr: lr, eps: eps, betas: betas, decay: weightDecay, amsgrad: amsgrad, maximize: maximize),
      threads: threads)
    memory = moments
  }

  static func entries(of memory: Moments) -> [(String, StateValue)] { memory.entries }
  static func memory(from saved: inout SavedMemory) -> Moments? { Moments(from: &saved) }
}
