import Components
import Glibc

/// Multiplies the learning rate by `gamma` at each milestone (torch 1.13.1 `MultiStepLR`).
public struct MultiStepLR: ScheduleRule {
  public var optimizer = Ref<Optimizers>.missing
  public var milestones: [Int] = []
  public var gamma = 0.1
  public var lastEpoch = -1
  public var verbose = false

  public init() {}

  public static let schema = Schema<Self>(
    "MultiStepLR", "Multiplies the learning rate by gamma at each of some epochs.",
    .required("optimizer", \.optimizer, "The optimizer whose learning rates it sets."),
    .required("milestones", \.milestones, "Epochs at which it changes."),
    .optional("gamma", \.gamma, "Factor of each change."),
    .optional("last_epoch", \.lastEpoch, in: (-1)..., "Epoch to go on from; -1 starts anew."),
    .optional("verbose", \.verbose, "Log the learning rate at each step."))

  func rate(after rate: Double, at moment: ScheduleMoment) -> Double {
    let times = milestones.count { $0 == moment.epoch }
    return times == 0 ? rate : rate * pow(gamma, Double(times))
  }

  func rate(ofEpoch epoch: Int, from base: Double) -> Double {
    base * pow(gamma, Double(milestones.count { $0 <= epoch }))
  }

  /// torch counts the milestones: `{30: 1, 80: 1}`.
  var entries: [(String, StateValue)] {
    var counts = StateDictionary()
    for epoch in milestones {
      counts[.int(epoch)] = .int((counts[.int(epoch)]?.int ?? 0) + 1)
    }
    return [("milestones", .dict(counts)), ("gamma", .double(gamma))]
  }

  mutating func adopt(_ name: String, _ value: StateValue) -> Bool {
    switch (name, value) {
    case ("gamma", _):
      guard let factor = value.double else { return false }
      gamma = factor
    case ("milestones", .dict(let counts)):
      var epochs: [Int] = []
      for (key, count) in counts.entries {
        guard case .int(let epoch) = key, let count = count.int, 0...1000 ~= count else {
          return false
        }
        epochs += Array(repeating: epoch, count: count)
      }
      milestones = epochs
    default: return false
    }
    return true
  }
}
