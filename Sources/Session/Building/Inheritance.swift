import Components
import Engine
import Script

/// Training state belongs to the session: what is rebuilt takes over what its predecessor learned,
/// where class, names and shapes agree.
///
/// Arguments always come from the new text; a new learning rate wins over the old state. A network that
/// the old weights do not fit begins a new line: optimizer, scheduler and trainer start with it.
enum Inheritance {
  static func pass(
    from old: Workbench.Built, to new: Workbench.Built
  ) throws -> Workbench.Succession {
    guard case .object(let past) = old.value, case .object(let heir) = new.value, past !== heir
    else { return Workbench.Succession() }
    switch (past, heir) {
    case (let past as any Network, let heir as any Network): return try weights(past, heir)
    case (let past as any Optimizer, let heir as any Optimizer): return try moments(past, heir)
    case (let past as any LRScheduler, let heir as any LRScheduler):
      return try count(past, heir, sameLine: optimizersAgree(old, new))
    case (let past as SupervisedTrainer, let heir as SupervisedTrainer):
      let goesOn = agree(past.network, heir.network)
      if goesOn { try heir.takeOver(from: past) } else { try past.leaveStreams() }
      return Workbench.Succession(
        words: "epoch \(heir.state.epoch) of \(heir.configuredEpochs)", isNewLine: !goesOn)
    case (let past as SupervisedEvaluator, let heir as SupervisedEvaluator):
      let goesOn = agree(past.network, heir.network)
      if goesOn { try heir.takeOver(from: past) }
      return Workbench.Succession(isNewLine: !goesOn)
    default: return Workbench.Succession()
    }
  }

  private static func agree(_ old: any Network, _ new: any Network) -> Bool {
    old === new || old.kind == new.kind && agree(old.parameters, new.parameters)
  }

  private static func agree(_ old: [Engine.Parameter], _ new: [Engine.Parameter]) -> Bool {
    old.count == new.count
      && zip(old, new).allSatisfy { $0.name == $1.name && $0.shape == $1.shape }
  }

  private static func weights(
    _ old: any Network, _ new: any Network
  ) throws -> Workbench.Succession {
    guard agree(old, new) else {
      return Workbench.Succession(words: "new weights", isNewLine: true)
    }
    _ = try new.adopt(old.state(), strict: false)
    return Workbench.Succession(words: "weights kept")
  }

  /// Everything but `param_groups`, which the new text decides.
  private static func moments(
    _ old: any Optimizer, _ new: any Optimizer
  ) throws -> Workbench.Succession {
    guard agree(old.groups.flatMap(\.parameters), new.groups.flatMap(\.parameters)) else {
      return Workbench.Succession(words: "new moments", isNewLine: true)
    }
    guard case .dict(let state) = try old.state(), let moments = state["state"],
      case .dict(let entries) = moments, entries.count > 0
    else { return Workbench.Succession() }
    guard old.kind == new.kind else { return Workbench.Succession(words: "new moments") }
    let left = try new.adopt(.dict(StateDictionary([("state", moments)])), strict: false)
    return Workbench.Succession(words: left.isEmpty ? "moments kept" : "moments kept in part")
  }

  /// The count of epochs goes on; step sizes and rates are the new text's.
  private static func count(
    _ old: any LRScheduler, _ new: any LRScheduler, sameLine: Bool
  ) throws -> Workbench.Succession {
    guard sameLine else { return Workbench.Succession(words: "at epoch 0", isNewLine: true) }
    guard old.kind == new.kind, case .dict(let past) = try old.state(),
      let epoch = past["last_epoch"], case .int(let number) = epoch
    else { return Workbench.Succession(words: "at epoch 0") }
    var place = StateDictionary([("last_epoch", epoch)])
    place["_step_count"] = past["_step_count"]
    _ = try new.adopt(.dict(place), strict: false)
    return Workbench.Succession(words: "at epoch \(number)")
  }

  /// Whether two schedulers step optimizers of the same parameters.
  private static func optimizersAgree(_ old: Workbench.Built, _ new: Workbench.Built) -> Bool {
    func parameters(_ built: Workbench.Built) -> [Engine.Parameter] {
      built.inputs.flatMap { input -> [Engine.Parameter] in
        guard case .object(let optimizer as any Optimizer) = input.value else { return [] }
        return optimizer.groups.flatMap(\.parameters)
      }
    }
    return agree(parameters(old), parameters(new))
  }
}
