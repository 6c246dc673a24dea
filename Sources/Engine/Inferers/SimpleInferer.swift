import Components

/// Applies the network to the whole batch at once.
///
/// Source: `monai.inferers.SimpleInferer` 0.8.1.
public struct SimpleInferer: Buildable {
  public init() {}

  public static var kind: ComponentKind { .inferer }
  public static let schema = Schema<Self>(
    "SimpleInferer", "Apply the network to the whole batch at once.")

  public func build(_ context: RunContext) throws -> any Object { WholeImage() }
}

/// The live form of `SimpleInferer`.
public final class WholeImage: Inferer {
  public init() {}

  public var kind: String { "SimpleInferer" }
  public var summary: String { "SimpleInferer" }

  public func infer(_ input: Tensor, with predict: (Tensor) throws -> Tensor) throws -> Tensor {
    try predict(input)
  }
}
