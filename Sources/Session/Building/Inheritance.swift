import Components
import Engine
import Script

/// Training state belongs to the session: what is rebuilt takes over what its predecessor learned.
///
/// Arguments always come from the new text; a new learning rate wins over the old state.
enum Inheritance {
  /// Hands over what fits; returns what to say about it, such as `moments kept`.
  static func pass(from old: Value, to new: Value) throws -> String? {
    guard case .object(let old) = old, case .object(let new) = new, old !== new else { return nil }
    switch (old, new) {
    case (let old as any Network, let new as any Network): return try weights(old, new)
    case (let old as any Optimizer, let new as any Optimizer) where old.kind == new.kind:
      return try moments(old, new)
    case (let old as any LRScheduler, let new as any LRScheduler) where old.kind == new.kind:
      return try count(old, new)
    case (let old as SupervisedTrainer, let new as SupervisedTrainer):
      try new.takeOver(from: old)
      return "epoch \(new.state.epoch) of \(new.configuredEpochs)"
    case (let old as SupervisedEvaluator, let new as SupervisedEvaluator):
      try new.takeOver(from: old)
      return nil
    default: return nil
    }
  }

  private static func weights(_ old: any Network, _ new: any Network) throws -> String {
    do {
      _ = try new.adopt(old.state(), strict: true)
      return "weights kept"
    } catch let fault as Fault where fault.kind == .shape || fault.kind == .state {
      return "new weights: the layers are others"
    }
  }

  /// Everything but `param_groups`, which the new text decides.
  private static func moments(_ old: any Optimizer, _ new: any Optimizer) throws -> String {
    guard case .dict(var state) = try old.state(), case .dict(let own) = try new.state() else {
      return "moments lost"
    }
    state["param_groups"] = own["param_groups"]
    do {
      _ = try new.adopt(.dict(state), strict: true)
      return "moments kept"
    } catch let fault as Fault where fault.kind == .shape || fault.kind == .state {
      return "moments lost: the parameters are others"
    }
  }

  /// The count of epochs goes on; step sizes and rates are the new text's.
  private static func count(_ old: any LRScheduler, _ new: any LRScheduler) throws -> String {
    guard case .dict(var state) = try new.state(), case .dict(let past) = try old.state(),
      case .int(let epoch)? = past["last_epoch"]
    else { return "count lost" }
    for _ in 0..<epoch { new.step() }
    if case .dict(let stepped) = try new.state() { state = stepped }
    state["_step_count"] = past["_step_count"] ?? state["_step_count"]
    _ = try new.adopt(.dict(state), strict: true)
    return "at epoch \(epoch)"
  }
}
