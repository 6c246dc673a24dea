import Components

/// Changes parameters by their gradients. State in torch's `state_dict` form.
public protocol Optimizer: Stateful {
  var groups: [ParameterGroup] { get }
  func step() throws
  func zeroGradients()
}

/// Parameters that share a learning rate, as torch's `param_groups`.
public protocol ParameterGroup: AnyObject, Sendable {
  var parameters: [Parameter] { get }
  var learningRate: Double { get set }
  /// Set by the first scheduler that holds the group.
  var initialLearningRate: Double? { get set }
}
