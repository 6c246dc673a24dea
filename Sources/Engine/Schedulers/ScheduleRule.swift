import Components

/// How a learning rate changes with the epochs, and how torch writes that down.
///
/// The component itself; `optimizer`, `last_epoch` and `verbose` are the same for all.
protocol ScheduleRule: Buildable {
  var optimizer: Ref<Optimizers> { get }
  var lastEpoch: Int { get }
  var verbose: Bool { get }

  /// torch's chainable form: the rate of `moment.epoch` from the rate before it.
  func rate(after rate: Double, at moment: ScheduleMoment) -> Double
  /// The rate of an epoch when nothing else changes the rate.
  func rate(ofEpoch epoch: Int, from base: Double) -> Double

  /// The entries of torch's state dictionary that are the rule's own.
  var entries: [(String, StateValue)] { get }
  /// Takes one of its own entries over; false when it has another type.
  mutating func adopt(_ name: String, _ value: StateValue) -> Bool
}

struct ScheduleMoment {
  let epoch: Int
  /// The initial rate of the group.
  let base: Double
  /// torch's `_step_count`: 1 during construction.
  let steps: Int
}

extension ScheduleRule {
  public static var kind: ComponentKind { .scheduler }

  public func build(_ context: RunContext) throws -> any Object {
    try EpochScheduler(self, output: context.output)
  }
}

extension StateValue {
  /// A number that was written as int or float.
  var double: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  var int: Int? { if case .int(let number) = self { number } else { nil } }

  /// A list or tuple of numbers.
  var doubles: [Double]? {
    switch self {
    case .list(let items), .tuple(let items):
      let numbers = items.compactMap(\.double)
      return numbers.count == items.count ? numbers : nil
    default: return nil
    }
  }
}
