import Components

/// A loss function; `prediction` carries the gradient.
public protocol Loss: Object {
  func callAsFunction(_ prediction: Tensor, _ target: Tensor) throws -> Tensor
}
