import Components

/// Every handler a config may name, in alphabetical order.
public let handlerTypes: [any Component.Type] = [
  CheckpointLoader.self,
  CheckpointSaver.self,
  EarlyStopHandler.self,
  LrScheduleHandler.self,
  MetricsSaver.self,
  StatsHandler.self,
  TensorBoardStatsHandler.self,
  ValidationHandler.self,
]
