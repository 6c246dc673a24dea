import Components

/// The mathematics of one optimizer, and how torch writes down what it remembers.
///
/// The component itself: its arguments are the options of a parameter group.
protocol UpdateRule: Buildable {
  /// What a parameter carries from step to step.
  associatedtype Memory: Sendable

  var params: Value { get }
  var lr: Double { get set }
  /// The entries of torch's `param_groups`, from `lr` on, in torch's order. Those that are arguments
  /// are read back by name.
  var options: [(String, StateValue)] { get }

  /// One step of a float32 parameter along a gradient of the same shape.
  func update(
    _ value: inout Tensor, along gradient: Tensor, _ memory: inout Memory?, threads: Int)

  /// The entry of torch's `state`.
  static func entries(of memory: Memory) -> [(String, StateValue)]
  /// Nil when `saved` has noted something that does not fit.
  static func memory(from saved: inout SavedMemory) -> Memory?
}

extension UpdateRule {
  public static var kind: ComponentKind { .optimizer }

  /// Two decay rates, both within 0..<1.
  func checkBetas(_ betas: [Double]) throws(Fault) {
    guard betas.count == 2, betas.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
      throw Fault(
        .outOfRange, "betas is out of range", got: betas.argumentValue.shortened,
        wanted: "two numbers in 0..<1", argument: ["betas"])
    }
  }

  public func build(_ context: RunContext) throws -> any Object {
    try GroupedOptimizer(self, threads: context.threads)
  }
}

/// The elements of a tensor that may be missing, to be written in place.
func withElements(of tensor: inout Tensor?, _ body: (UnsafeMutablePointer<Float>?) -> Void) {
  if tensor == nil { return body(nil) }
  tensor?.withMutableElements(of: Float.self) { body($0.baseAddress) }
}
