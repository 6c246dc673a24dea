import Components

/// Every network a config may name, in alphabetical order.
public let networkTypes: [any Component.Type] = [UNet.self]
