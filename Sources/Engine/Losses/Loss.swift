import Components

/// The arguments of a loss: which predictions and targets it takes.
public protocol LossArguments: Buildable {
  /// - Throws: what about the two cannot work.
  func preview(prediction: TensorSpec, target: TensorSpec) throws(Fault)
}

/// A loss function; `prediction` carries the gradient.
public protocol Loss: Object, Callable {
  func callAsFunction(_ prediction: Tensor, _ target: Tensor) throws -> Tensor
}
