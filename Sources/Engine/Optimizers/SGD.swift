import CKernels
import Components

/// `p ← p − lr · b`, with b the gradient or its running sum `b ← momentum · b + (1 − dampening) · g`
/// (torch 1.13.1 `SGD`; Nesterov's form as in Sutskever et al., 2013).
public struct SGD: UpdateRule {
  public var params: Value = .list([])
  public var lr = 0.0
  public var momentum = 0.0
  public var dampening = 0.0
  public var weightDecay = 0.0
  public var nesterov = false
  public var maximize = false

  public init() {}

  public static let schema = Schema<Self>(
    "SGD", "Steps along the gradient, or along a running sum of it.",
    .required("params", \.params, "Parameters, or groups such as {\"params\": ..., \"lr\": ...}."),
    .required("lr", \.lr, in: 0...Double.greatestFiniteMagnitude, "Learning rate."),
    .optional("momentum", \.momentum, in: 0..., "Share of the running sum that is kept."),
    .optional("dampening", \.dampening, "Share of the gradient that is left out of the sum."),
    .optional("weight_decay", \.weightDecay, in: 0..., "L2 penalty, added to the gradient."),
    .optional("nesterov", \.nesterov, "Look one momentum step ahead."),
    .optional("maximize", \.maximize, "Climb instead of descend."))

  public func validate() throws(Fault) {
    if nesterov && (momentum <= 0 || dampening != 0) {
      throw Fault(
        .invalid, "nesterov needs a momentum and no dampening",
        got: "momentum \(momentum), dampening \(dampening)", argument: ["nesterov"])
    }
  }

  var options: [(String, StateValue)] {
    [
      ("lr", .double(lr)), ("momentum", .double(momentum)), ("dampening", .double(dampening)),
      ("weight_decay", .double(weightDecay)), ("nesterov", .bool(nesterov)),
      ("maximize", .bool(maximize)), ("foreach", .none), ("differentiable", .bool(false)),
    ]
  }

  /// The running sum; nil without momentum.
  struct Memory: Sendable { var buffer: Tensor? }

  func update(
    _ value: inout Tensor, along gradient: Tensor, _ memory: inout Memory?, threads: Int
  ) {
    var buffer = memory?.buffer
    memory = nil  // the only holder writes in place
    var settings = etude_sgd_settings(
      momentum: Float(momentum), share: Float(1 - dampening), decay: Float(weightDecay),
      negative_rate: Float(-lr), sign: maximize ? -1 : 1, nesterov: nesterov ? 1 : 0, is_first: 0)
    if momentum != 0, buffer == nil {
      buffer = Tensor(zeros: value.shape)
      settings.is_first = 1
    }
    var unused: Tensor?
    if momentum != 0 {
      Self.advance(&value, gradient, &buffer, settings, threads)
    } else {
      Self.advance(&value, gradient, &unused, settings, threads)
    }
    memory = Memory(buffer: buffer)
  }

  private static func advance(
    _ value: inout Tensor, _ gradient: Tensor, _ buffer: inout Tensor?,
    _ settings: etude_sgd_settings, _ threads: Int
  ) {
    let count = value.count
    gradient.withElements(of: Float.self) { gradient in
      value.withMutableElements(of: Float.self) { value in
        withElements(of: &buffer) { buffer in
          guard let value = value.baseAddress, let gradient = gradient.baseAddress else { return }
          parallelFor(count, threads: threads, grain: Moments.grain) { part in
            let i = part.lowerBound
            withUnsafePointer(to: settings) {
              etude_sgd(value + i, gradient + i, buffer.map { $0 + i }, part.count, $0)
            }
          }
        }
      }
    }
  }

  /// torch keeps None for a parameter stepped without momentum.
  static func entries(of memory: Memory) -> [(String, StateValue)] {
    [("momentum_buffer", memory.buffer.map { .tensor($0) } ?? .none)]
  }

  static func memory(from saved: inout SavedMemory) -> Memory? {
    guard saved.has("momentum_buffer") else {
      saved.skip("momentum_buffer")
      return Memory(buffer: nil)
    }
    return saved.tensor("momentum_buffer").map { Memory(buffer: $0) }
  }
}
