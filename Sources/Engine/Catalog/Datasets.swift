import Components

/// Every dataset a config may name, in alphabetical order.
public let datasetTypes: [any Component.Type] = [
  CacheDataset.self, PlainDataset.self, PersistentDataset.self,
]
