import Components

/// Every handler a config may name, in alphabetical order.
public let handlerTypes: [any Component.Type] = [
  CheckpointLoader.self, CheckpointSaver.self, EarlyStopHandler.self, LrScheduleHandler.self,
  StatsHandler.self, ValidationHandler.self,
]
