import Components

/// A tensor as the language holds it.
public final class TensorObject: Object {
  public let tensor: Tensor

  public init(_ tensor: Tensor) { self.tensor = tensor }

  public var kind: String { "tensor" }
  public var summary: String { "tensor \(tensor.shape) \(tensor.dtype.rawValue)" }
}
