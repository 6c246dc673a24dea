import Components

/// One layer of a network, for an input of a certain form.
public struct LayerSummary: Sendable, Hashable {
  public var name: String
  /// Nil where a size is not known before running.
  public var outputShape: [Int?]
  public var parameterCount: Int
  /// Multiplications followed by additions in one forward pass; nil while a size is not known.
  public var multiplyAdds: Int?
  /// Bytes kept until the backward pass; nil while a size is not known.
  public var keptBytes: Int?

  public init(
    name: String, outputShape: [Int?], parameterCount: Int, multiplyAdds: Int? = nil,
    keptBytes: Int? = nil
  ) {
    (self.name, self.outputShape, self.parameterCount) = (name, outputShape, parameterCount)
    (self.multiplyAdds, self.keptBytes) = (multiplyAdds, keptBytes)
  }
}

/// A network that can tell what its layers make of an input.
public protocol LayeredNetwork: Network {
  /// In the order of `parameters`.
  ///
  /// - Parameter precision: what activations are kept in.
  func layers(
    for input: TensorSpec, _ precision: ForwardMode.Precision
  ) throws(Fault) -> [LayerSummary]
}
