import Components

/// Every inferer a config may name, in alphabetical order.
public let infererTypes: [any Component.Type] = [SimpleInferer.self, SlidingWindowInferer.self]
