import Components

/// Every optimizer a config may name, in alphabetical order.
public let optimizerTypes: [any Component.Type] = [
  Adam.self,
  AdamW.self,
  Novograd.self,
  SGD.self,
]
