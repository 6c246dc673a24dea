import Components

/// Transforms applied one after the other; what a list of transforms in a config becomes.
public final class Compose: Object {
  public let transforms: [any Transform]

  public init(_ transforms: [any Transform]) { self.transforms = transforms }

  public var kind: String { "transforms" }
  public var summary: String {
    transforms.map { type(of: $0).declaration.name }.joined(separator: " → ")
  }
}
