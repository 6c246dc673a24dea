import Components

/// The trainer and the evaluator a config may name, in alphabetical order.
public let engineTypes: [any Component.Type] = [
  SupervisedEvaluatorArguments.self, SupervisedTrainerArguments.self,
]
