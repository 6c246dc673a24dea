import Components

/// Every loader a config may name, in alphabetical order.
public let dataLoaderTypes: [any Component.Type] = [DataLoaderArguments.self]
