import CKernels
import Components

/// Adam with one second moment for each whole tensor: the gradient is divided by the running norm of
/// its tensor before it enters the running mean (Ginsburg et al., 2019; MONAI 0.8.1 `Novograd`).
///
/// The squared norm is summed in double.
public struct Novograd: UpdateRule {
  public var params: Value = .list([])
  public var lr = 1e-3
  public var betas = [0.9, 0.98]
  public var eps = 1e-8
  public var weightDecay = 0.0
  public var gradAveraging = false
  public var amsgrad = false

  public init() {}

  public static let schema = Schema<Self>(
    "Novograd", "Steps along a running mean of gradients, each scaled by its tensor's norm.",
    .required("params", \.params, "Parameters, or groups such as {\"params\": ..., \"lr\": ...}."),
    .optional("lr", \.lr, in: 0..., "Learning rate."),
    .optional("betas", \.betas, "Decay rates of the running mean and of the running norm."),
    .optional("eps", \.eps, in: 0..., "Added to the denominator."),
    .optional("weight_decay", \.weightDecay, in: 0..., "L2 penalty, added to the scaled gradient."),
    .optional("grad_averaging", \.gradAveraging, "Weigh each gradient with 1 - betas[0]."),
    .optional("amsgrad", \.amsgrad, "Divide by the largest norm so far."))

  public func validate() throws(Fault) { try checkBetas(betas) }

  var options: [(String, StateValue)] {
    [
      ("lr", .double(lr)), ("betas", .tuple(betas.map { .double($0) })), ("eps", .double(eps)),
      ("weight_decay", .double(weightDecay)), ("grad_averaging", .bool(gradAveraging)),
      ("amsgrad", .bool(amsgrad)),
    ]
  }

  struct Memory: Sendable {
    var step: Int
    var mean: Tensor
    /// Running squared norm of the gradient.
    var square: Float
    /// The largest so far (amsgrad).
    var largest: Float?
  }

  func update(
    _ value: inout Tensor, along gradient: Tensor, _ memory: inout Memory?, threads: Int
  ) {
    var next = memory ?? Memory(step: 0, mean: Tensor(zeros: value.shape), square: 0)
    memory = nil  // the only holder writes in place
    next.step += 1
    let norm = gradient.withElements(of: Float.self) { gradient in
      Float(gradient.reduce(0.0) { $0 + Double($1) * Double($1) })
    }
    // A first gradient of zero leaves the norm at zero, and the next one counts as the first.
    next.square =
      next.square == 0
      ? norm : (next.square * Float(betas[1])).addingProduct(norm, Float(1 - betas[1]))
    var scale = next.square
    if amsgrad {
      scale = max(next.largest ?? 0, scale)
      next.largest = scale
    }
    let settings = etude_novograd_settings(
      denominator: scale.squareRoot() + Float(eps), decay: Float(weightDecay),
      beta1: Float(betas[0]), share: gradAveraging ? Float(1 - betas[0]) : 1,
      negative_rate: Float(-lr))
    let count = value.count
    gradient.withElements(of: Float.self) { gradient in
      value.withMutableElements(of: Float.self) { value in
        next.mean.withMutableElements(of: Float.self) { mean in
          guard let value = value.baseAddress, let gradient = gradient.baseAddress,
            let mean = mean.baseAddress
          else { return }
          parallelFor(count, threads: threads, grain: Moments.grain) { part in
            let i = part.lowerBound
            withUnsafePointer(to: settings) {
              etude_novograd(value + i, gradient + i, mean + i, part.count, $0)
            }
          }
        }
      }
    }
    memory = next
  }

  static func entries(of memory: Memory) -> [(String, StateValue)] {
    [
      ("step", .int(memory.step)), ("exp_avg", .tensor(memory.mean)),
      ("exp_avg_sq", .tensor(Tensor(scalar: memory.square))),
    ] + (memory.largest.map { [("max_exp_avg_sq", .tensor(Tensor(scalar: $0)))] } ?? [])
  }

  static func memory(from saved: inout SavedMemory) -> Memory? {
    let (step, mean) = (saved.count("step"), saved.tensor("exp_avg"))
    let square = saved.tensor("exp_avg_sq", shape: [])
    let hasLargest = saved.has("max_exp_avg_sq")
    let largest = hasLargest ? saved.tensor("max_exp_avg_sq", shape: []) : nil
    guard let step, let mean, let square, !hasLargest || largest != nil else { return nil }
    return Memory(
      step: step, mean: mean, square: Float(square.scalarValue()),
      largest: largest.map { Float($0.scalarValue()) })
  }
}
