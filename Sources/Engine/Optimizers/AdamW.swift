import Components

/// Adam with decoupled weight decay: every step first shrinks the parameter by `lr · weight_decay`
/// (Loshchilov and Hutter, 2019; torch 1.13.1 `AdamW`).
public struct AdamW: UpdateRule {
  public var params: Value = .list([])
  public var lr = 1e-3
  public var betas = [0.9, 0.999]
  public var eps = 1e-8
  public var weightDecay = 1e-2
  public var amsgrad = false
  public var maximize = false

  public init() {}

  public static let schema = Schema<Self>(
    "AdamW", "Adam whose weight decay acts on the parameters, not on the gradient.",
    .required("params", \.params, "Parameters, or groups such as {\"params\": ..., \"lr\": ...}."),
    .optional("lr", \.lr, in: 0..., "Learning rate."),
    .optional("betas", \.betas, "Decay rates of the two running means."),
    .optional("eps", \.eps, in: 0..., "Added to the denominator."),
    .optional("weight_decay", \.weightDecay, in: 0..., "Share of a parameter taken off per lr."),
    .optional("amsgrad", \.amsgrad, "Divide by the largest second moment so far."),
    .optional("maximize", \.maximize, "Climb instead of descend."))

  public func validate() throws(Fault) { try checkBetas(betas) }

  var options: [(String, StateValue)] {
    [
      ("lr", .double(lr)), ("betas", .tuple(betas.map { .double($0) })), ("eps", .double(eps)),
      ("weight_decay", .double(weightDecay)), ("amsgrad", .bool(amsgrad)), ("foreach", .none),
      ("maximize", .bool(maximize)), ("capturable", .bool(false)),
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
        lr: lr, eps: eps, betas: betas, shrinkage: lr * weightDecay, amsgrad: amsgrad,
        maximize: maximize),
      threads: threads)
    memory = moments
  }

  static func entries(of memory: Moments) -> [(String, StateValue)] { memory.entries }
  static func memory(from saved: inout SavedMemory) -> Moments? { Moments(from: &saved) }
}
