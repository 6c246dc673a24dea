import Components
import Glibc

/// Multiplies the learning rate by `gamma` every `step_size` epochs (torch 1.13.1 `StepLR`).
public struct StepLR: ScheduleRule {
  public var optimizer = Ref<Optimizers>.missing
  public var stepSize = 1
  public var gamma = 0.1
  public var lastEpoch = -1
  public var verbose = false

  public init() {}

  public static let schema = Schema<Self>(
    "StepLR", "Multiplies the learning rate by gamma every step_size epochs.",
    .required("optimizer", \.optimizer, "The optimizer whose learning rates it sets."),
    .required("step_size", \.stepSize, in: 1...Int.max, "Epochs between two changes."),
    .optional("gamma", \.gamma, "Factor of each change."),
    .optional("last_epoch", \.lastEpoch, in: (-1)..., "Epoch to go on from; -1 starts anew."),
    .optional("verbose", \.verbose, "Log the learning rate at each step."))

  func rate(after rate: Double, at moment: ScheduleMoment) -> Double {
    moment.epoch == 0 || moment.epoch % stepSize != 0 ? rate : rate * gamma
  }

  func rate(ofEpoch epoch: Int, from base: Double) -> Double {
    base * pow(gamma, Double(epoch / stepSize))
  }

  var entries: [(String, StateValue)] {
    [("step_size", .int(stepSize)), ("gamma", .double(gamma))]
  }

  mutating func adopt(_ name: String, _ value: StateValue) -> Bool {
    switch (name, value.int, value.double) {
    case ("step_size", let size?, _) where size > 0: stepSize = size
    case ("gamma", _, let factor?): gamma = factor
    default: return false
    }
    return true
  }
}
