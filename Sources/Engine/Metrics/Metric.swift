import Components

/// A number over an epoch, built up output by output (ignite's `Metric`).
public protocol Metric: Object {
  func reset()
  /// `output` is what the engine's iteration left: a list of samples. The metric applies its own
  /// `output_transform`.
  func update(_ output: Value, _ context: CallContext) throws
  /// The scalar, and per item and class values when the metric has them.
  func compute() throws -> MetricResult
}

/// The arguments of a metric: which predictions and labels it takes.
public protocol MetricArguments: Buildable {
  var outputTransform: FunctionArgument? { get }
  /// Both with a batch axis in front.
  /// - Throws: what about the two cannot work.
  func preview(prediction: TensorSpec, label: TensorSpec) throws(Fault)
}

public struct MetricResult: Sendable {
  /// NaN when a reduction leaves several numbers; they are `values` then.
  public var value: Double
  public var values: [Double]
  /// One row an item, one column a class; NaN where a class has no value.
  public var details: [[Double]]?
  /// The class of each column.
  public var classNames: [String]

  public init(
    value: Double, values: [Double]? = nil, details: [[Double]]? = nil, classNames: [String] = []
  ) {
    (self.value, self.details, self.classNames) = (value, details, classNames)
    self.values = values ?? [value]
  }
}
