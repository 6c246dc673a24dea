import Components

extension Catalog {
  /// Every network a configuration may name, in alphabetical order.
  public static let networks: [any Buildable.Type] = [UNet.self]
}
