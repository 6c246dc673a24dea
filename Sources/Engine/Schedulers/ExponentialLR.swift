import Components
import Glibc

/// Multiplies the learning rate by `gamma` every epoch (torch 1.13.1 `ExponentialLR`).
public struct ExponentialLR: ScheduleRule {
  public var optimizer = Ref<Optimizers>.missing
  public var gamma = 1.0
  public var lastEpoch = -1
  public var verbose = false

  public init() {}

  public static let schema = Schema<Self>(
    "ExponentialLR", "Multiplies the learning rate by gamma every epoch.",
    .required("optimizer", \.optimizer, "The optimizer whose learning rates it sets."),
    .required("gamma", \.gamma, "Factor of each epoch."),
    .optional("last_epoch", \.lastEpoch, in: (-1)..., "Epoch to go on from; -1 starts anew."),
    .optional("verbose", \.verbose, "Log the learning rate at each step."))

  func rate(after rate: Double, at moment: ScheduleMoment) -> Double {
    moment.epoch == 0 ? rate : rate * gamma
  }

  func rate(ofEpoch epoch: Int, from base: Double) -> Double { base * pow(gamma, Double(epoch)) }

  var entries: [(String, StateValue)] { [("gamma", .double(gamma))] }

  mutating func adopt(_ name: String, _ value: StateValue) -> Bool {
    guard name == "gamma", let factor = value.double else { return false }
    gamma = factor
    return true
  }
}
