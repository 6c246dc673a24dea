import Components

/// How a network is applied to a batch: in one go, or window by window.
public protocol Inferer: Object, Callable {
  /// Shapes: `[N, C, spatial…]` in, `[N, K, spatial…]` out.
  func infer(_ input: Tensor, with predict: (Tensor) throws -> Tensor) throws -> Tensor
}
