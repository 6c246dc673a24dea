import Components

/// A network: weights and the function they make.
public protocol Network: Stateful, Callable {
  /// In torch's `parameters()` order.
  var parameters: [Parameter] { get }
  /// Shapes: input `[N, C, spatial…]`, as is the output. Not recorded unless `mode.recordsGradients`.
  func forward(_ input: Tensor, _ mode: ForwardMode) throws -> Tensor
  /// The shape of the output, or a fault that says what about the input cannot work.
  func preview(_ input: TensorSpec) throws(Fault) -> TensorSpec
}

/// The arguments of a network: what it makes of an input is known before it has weights.
public protocol NetworkArguments: Buildable {
  /// As `Network.preview`.
  func preview(_ input: TensorSpec) throws(Fault) -> TensorSpec
}

/// The methods that a config may ask a network for: `#@model.parameters()`.
public enum NetworkMethods {
  public static let names = ["named_parameters", "parameters", "state_dict"]
}

/// How a forward pass computes.
public struct ForwardMode: Sendable, Hashable {
  public enum Precision: Sendable {
    case float32, bfloat16

    /// Whether this processor has the convolutions for it.
    ///
    /// - Throws: `file` when the library of the convolutions is missing.
    public func isSupported() throws(Fault) -> Bool {
      self == .float32 ? true : try OneDNN.hasBFloat16()
    }
  }

  /// Batch statistics and dropout as in training; false is `eval()`.
  public var isTraining: Bool
  public var recordsGradients: Bool
  public var precision: Precision

  public init(isTraining: Bool, recordsGradients: Bool, precision: Precision = .float32) {
    (self.isTraining, self.recordsGradients) = (isTraining, recordsGradients)
    self.precision = precision
  }

  public static let evaluation = ForwardMode(isTraining: false, recordsGradients: false)
  public static let training = ForwardMode(isTraining: true, recordsGradients: true)
}

/// A tensor that is not there yet: what `check` and `summary` reckon with.
public struct TensorSpec: Sendable, Hashable {
  /// Nil where the size is not known before running.
  public var shape: [Int?]
  public var dtype: DType

  public init(shape: [Int?], dtype: DType = .float32) { (self.shape, self.dtype) = (shape, dtype) }
}
