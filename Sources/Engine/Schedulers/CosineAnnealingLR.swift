import Components
import Glibc

/// Half a cosine wave from the initial rate down to `eta_min` in `T_max` epochs, and up again in the
/// next (Loshchilov and Hutter, 2017, without restarts; torch 1.13.1 `CosineAnnealingLR`).
public struct CosineAnnealingLR: ScheduleRule {
  public var optimizer = Ref<Optimizers>.missing
  public var period = 1
  public var least = 0.0
  public var lastEpoch = -1
  public var verbose = false

  public init() {}

  public static let schema = Schema<Self>(
    "CosineAnnealingLR", "Lowers the learning rate along half a cosine wave.",
    .required("optimizer", \.optimizer, "The optimizer whose learning rates it sets."),
    .required("T_max", \.period, in: 1...Int.max, "Epochs from the initial rate to the least."),
    .optional("eta_min", \.least, "The least learning rate."),
    .optional("last_epoch", \.lastEpoch, in: (-1)..., "Epoch to go on from; -1 starts anew."),
    .optional("verbose", \.verbose, "Log the learning rate at each step."))

  func rate(after rate: Double, at moment: ScheduleMoment) -> Double {
    let (epoch, base) = (moment.epoch, moment.base)
    if epoch == 0 { return rate }
    if moment.steps == 1 { return self.rate(ofEpoch: epoch, from: base) }
    // From the least rate on, the factor below would divide by zero.
    if (epoch - 1) % period == 0, (epoch - 1) / period % 2 == 1 {
      return rate + (base - least) * (1 - cos(.pi / Double(period))) / 2
    }
    return (1 + wave(epoch)) / (1 + wave(epoch - 1)) * (rate - least) + least
  }

  func rate(ofEpoch epoch: Int, from base: Double) -> Double {
    least + (base - least) * (1 + wave(epoch)) / 2
  }

  private func wave(_ epoch: Int) -> Double { cos(.pi * Double(epoch) / Double(period)) }

  var entries: [(String, StateValue)] { [("T_max", .int(period)), ("eta_min", .double(least))] }

  mutating func adopt(_ name: String, _ value: StateValue) -> Bool {
    switch (name, value.int, value.double) {
    case ("T_max", let epochs?, _) where epochs > 0: period = epochs
    case ("eta_min", _, let rate?): least = rate
    default: return false
    }
    return true
  }
}
