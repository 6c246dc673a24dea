import Components
import Glibc
import Synchronization

/// A scheduler at work (torch 1.13.1 `_LRScheduler`): constructing it is its first step, to epoch 0.
final class EpochScheduler<Rule: ScheduleRule>: LRScheduler, HasAttributes {
  private let optimizer: any Optimizer
  private let output: any OutputSink
  private let progress: Mutex<ScheduleProgress<Rule>>

  init(_ rule: Rule, output: any OutputSink) throws(Fault) {
    optimizer = rule.optimizer.built
    self.output = output
    let groups = optimizer.groups
    for group in groups where group.initialLearningRate == nil {
      guard rule.lastEpoch < 0 else {
        throw Fault(
          .state, "the optimizer has no initial learning rate to go on from",
          got: "last_epoch "
            + "\(rule.lastEpoch)", wanted: "last_epoch -1, or an optimizer loaded with initial_lr",
          argument: ["last_epoch"])
      }
      group.initialLearningRate = group.learningRate
    }
    let rates = groups.map { $0.initialLearningRate ?? $0.learningRate }
    progress = Mutex(ScheduleProgress(rule: rule, baseRates: rates, epoch: rule.lastEpoch))
    step()
  }

  var kind: String { Rule.schema.name }
  var summary: String {
    let rates = lastLearningRates.map { "\($0)" }.joined(separator: ", ")
    return "\(kind) at epoch \(epoch), lr \(rates)"
  }

  var epoch: Int { progress.withLock { $0.epoch } }
  var lastLearningRates: [Double] { progress.withLock { $0.rates } }

  func step() {
    let (rates, isVerbose) = progress.withLock { progress in
      progress.epoch += 1
      progress.steps += 1
      for (group, base) in zip(optimizer.groups, progress.baseRates) {
        group.learningRate = progress.rule.rate(
          after: group.learningRate,
          at: ScheduleMoment(epoch: progress.epoch, base: base, steps: progress.steps))
      }
      progress.rates = optimizer.groups.map(\.learningRate)
      return (progress.rates, progress.rule.verbose)
    }
    if isVerbose { report(rates) }
  }

  private func report(_ rates: [Double]) {
    for (index, rate) in rates.enumerated() {
      let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
        withVaList([rate]) { _ = vsnprintf(buffer.baseAddress, buffer.count, "%.4e", $0) }
        return buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
      output.write("Adjusting learning rate of group \(index) to \(text).\n", to: .log)
    }
  }

  var attributeNames: [String] { ["get_last_lr", "last_epoch", "step"] }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "get_last_lr":
      .function(
        NativeFunction(name) { [self] _, _ in .list(lastLearningRates.map { .double($0) }) })
    case "last_epoch": .int(epoch)
    case "step":
      .function(
        NativeFunction(name, effect: .action) { [self] _, _ in
          step()
          return .none
        })
    default: nil
    }
  }
}

extension EpochScheduler {
  func state() -> StateValue {
    progress.withLock { progress in
      .dict(
        StateDictionary(
          progress.rule.entries + [
            ("base_lrs", .list(progress.baseRates.map { .double($0) })),
            ("last_epoch", .int(progress.epoch)), ("verbose", .bool(progress.rule.verbose)),
            ("_step_count", .int(progress.steps)),
            ("_get_lr_called_within_step", .bool(false)),
            ("_last_lr", .list(progress.rates.map { .double($0) })),
          ]))
    }
  }

  /// torch's `load_state_dict`: the rates of the optimizer come with the optimizer's own state.
  ///
  /// A state without `base_lrs`, which only `strict` demands, moves the scheduler to `last_epoch` by
  /// its own arguments and sets the rates of that epoch: what a rebuilt scheduler wants.
  func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
    var misfits: [Misfit] = []
    var entries = StateDictionary()
    if case .dict(let saved) = state {
      entries = saved
    } else {
      misfits.append(Misfit(name: "state", reason: "no dictionary"))
    }
    var next = progress.withLock { $0 }
    let own = next.rule.entries.map(\.0)
    for (key, value) in entries.entries {
      let name = key.text
      let fits =
        switch name {
        case "base_lrs": next.take(\.baseRates, value.doubles, count: next.baseRates.count)
        case "_last_lr": next.take(\.rates, value.doubles, count: next.rates.count)
        case "last_epoch": next.take(\.epoch, value.int)
        case "_step_count": next.take(\.steps, value.int)
        // `_is_initial` is torch 2's; the others say how the saving scheduler was called.
        case "verbose", "_get_lr_called_within_step", "_is_initial": true
        default: own.contains(name) && next.rule.adopt(name, value)
        }
      if !fits { misfits.append(Misfit(name: name, reason: "unexpected or of another type")) }
    }
    let wanted = own + ["base_lrs", "last_epoch", "_step_count", "_last_lr"]
    if strict {
      misfits += wanted.filter { entries[$0] == nil }.map { Misfit(name: $0, reason: "missing") }
      if !misfits.isEmpty { throw Misfit.fault(misfits, kind: kind) }
    }
    if entries["base_lrs"] == nil, entries["last_epoch"] != nil {
      for (group, base) in zip(optimizer.groups, next.baseRates) {
        group.learningRate = next.rule.rate(ofEpoch: next.epoch, from: base)
      }
      next.rates = optimizer.groups.map(\.learningRate)
      if entries["_step_count"] == nil { next.steps = next.epoch + 1 }
    }
    let adopted = next
    progress.withLock { $0 = adopted }
    return misfits.map(\.name)
  }
}

/// What changes while a scheduler works.
private struct ScheduleProgress<Rule: ScheduleRule> {
  var rule: Rule
  var baseRates: [Double]
  var epoch: Int
  var steps = 0
  var rates: [Double] = []

  mutating func take(_ path: WritableKeyPath<Self, Int>, _ value: Int?) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }

  mutating func take(
    _ path: WritableKeyPath<Self, [Double]>, _ values: [Double]?, count: Int
  ) -> Bool {
    guard let values, values.count == count else { return false }
    self[keyPath: path] = values
    return true
  }
}
