import Components

/// Every trainer and evaluator a config may name, in alphabetical order.
public let engineTypes: [any Component.Type] = [
  SupervisedEvaluatorArguments.self,
  SupervisedTrainerArguments.self,
]
