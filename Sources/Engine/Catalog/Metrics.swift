import Components

/// Every metric a config may name, in alphabetical order.
public let metricTypes: [any Component.Type] = [Accuracy.self, MeanDice.self]
