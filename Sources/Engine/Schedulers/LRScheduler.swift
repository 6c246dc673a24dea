import Components

/// Sets learning rates over time; constructed at epoch 0, as torch's `_LRScheduler`.
public protocol LRScheduler: Stateful {
  func step()
  var lastLearningRates: [Double] { get }
}
