import Components

/// Every learning-rate scheduler a config may name, in alphabetical order.
public let schedulerTypes: [any Component.Type] = [
  CosineAnnealingLR.self,
  ExponentialLR.self,
  MultiStepLR.self,
  StepLR.self,
]
