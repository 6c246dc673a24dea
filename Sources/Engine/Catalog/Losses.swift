import Components

/// Every loss a config may name, in alphabetical order.
public let lossTypes: [any Component.Type] = [DiceLoss.self]
