import Components

/// torch's `state_dict` and `load_state_dict`.
extension GroupedOptimizer {
  /// `{"state": {0: {...}}, "param_groups": [{..., "params": [0, ...]}]}`; parameters that were
  /// never stepped have no entry in `state`.
  func state() -> StateValue {
    var entries = StateDictionary()
    memories.withLock { memories in
      for (position, memory) in memories.enumerated() {
        if let memory {
          entries[.int(position)] = .dict(StateDictionary(Rule.entries(of: memory)))
        }
      }
    }
    var position = 0
    let groups = members.map { member in
      let numbers = member.parameters.indices.map { StateValue.int(position + $0) }
      position += numbers.count
      return StateValue.dict(
        StateDictionary(
          member.rule.options + member.rateOption + [("params", .list(numbers))]))
    }
    return .dict(StateDictionary([("state", .dict(entries)), ("param_groups", .list(groups))]))
  }

  /// Takes over moments and options. Without `param_groups`, which only `strict` demands, the options
  /// stay as they are and the entries of `state` are numbered as here: what a rebuilt optimizer wants.
  func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
    var saved = SavedOptimizer<Rule>(state, members, strict: strict)
    saved.readGroups()
    saved.readMemories()
    if strict && !saved.misfits.isEmpty { throw Misfit.fault(saved.misfits, kind: kind) }
    for (member, options) in zip(members, saved.options) {
      member.rule = options.rule
      if let rate = options.initialRate { member.initialLearningRate = rate }
    }
    memories.withLock { memories in
      for (position, memory) in saved.memories { memories[position] = memory }
    }
    return saved.misfits.map(\.name)
  }
}

/// A saved state on its way into an optimizer: read completely before anything is changed.
private struct SavedOptimizer<Rule: UpdateRule> {
  private let root: StateDictionary
  private let members: [OptimizerGroup<Rule>]
  private let strict: Bool
  /// Positions by the numbers the saved groups give their parameters; nil: numbered as here.
  private var positions: [Int: Int]?
  private var groupsFit = true

  private(set) var options: [(rule: Rule, initialRate: Double?)] = []
  private(set) var memories: [(position: Int, memory: Rule.Memory)] = []
  private(set) var misfits: [Misfit] = []

  init(_ state: StateValue, _ members: [OptimizerGroup<Rule>], strict: Bool) {
    if case .dict(let root) = state {
      self.root = root
    } else {
      root = StateDictionary()
      misfits.append(Misfit(name: "state", reason: "no dictionary"))
    }
    (self.members, self.strict) = (members, strict)
    for (key, _) in root.entries where !["state", "param_groups"].contains(key.text) {
      misfits.append(Misfit(name: key.text, reason: "unexpected"))
    }
  }

  mutating func readGroups() {
    guard let value = root["param_groups"] else {
      if strict { misfits.append(Misfit(name: "param_groups", reason: "missing")) }
      return
    }
    guard case .list(let groups) = value else { return refuse("param_groups", "no list") }
    guard groups.count == members.count else {
      return refuse("param_groups", "\(groups.count) groups, wanted \(members.count)")
    }
    var numbers: [Int] = []
    for (index, (group, member)) in zip(groups, members).enumerated() {
      let path = "param_groups.\(index)"
      guard case .dict(let entries) = group, case .list(let params)? = entries["params"] else {
        return refuse("\(path).params", "missing")
      }
      let group = params.compactMap { if case .int(let number) = $0 { number } else { nil } }
      guard group.count == params.count, group.count == member.parameters.count else {
        return refuse(
          "\(path).params", "\(params.count) parameters, wanted \(member.parameters.count)")
      }
      numbers += group
      readOptions(entries, member, path)
    }
    positions = Dictionary(zip(numbers, 0...), uniquingKeysWith: { first, _ in first })
  }

  /// torch's own switches, which change how it computes and not what.
  private static var switches: Set<String> {
    ["params", "foreach", "capturable", "differentiable", "fused", "decoupled_weight_decay"]
  }

  private mutating func readOptions(
    _ entries: StateDictionary, _ member: OptimizerGroup<Rule>, _ path: String
  ) {
    var rule = member.rule
    var initialRate: Double?
    if entries["lr"] == nil { misfits.append(Misfit(name: "\(path).lr", reason: "missing")) }
    for (key, value) in entries.entries where !Self.switches.contains(key.text) {
      let (name, value) = (key.text, Value(option: value))
      do throws(Fault) {
        if name == "initial_lr" {
          initialRate = try Double(argument: value)
        } else if Rule.schema.argument(name) != nil {
          var arguments = rule.changedArguments
          arguments[name] = value
          rule = try Rule.make(arguments)
        } else {
          misfits.append(Misfit(name: "\(path).\(name)", reason: "unexpected"))
        }
      } catch {
        misfits.append(
          Misfit(name: "\(path).\(name)", reason: "\(error.message), got \(value.shortened)"))
      }
    }
    options.append((rule, initialRate))
  }

  mutating func readMemories() {
    guard groupsFit else { return }
    guard case .dict(let states)? = root["state"] else {
      return misfits.append(Misfit(name: "state", reason: "missing"))
    }
    let parameters = members.flatMap(\.parameters)
    for (key, value) in states.entries {
      let path = "state.\(key.text)"
      guard case .int(let number) = key,
        let position = positions.map({ $0[number] }) ?? number,
        parameters.indices.contains(position), case .dict(let entries) = value
      else {
        misfits.append(Misfit(name: path, reason: "no such parameter"))
        continue
      }
      if entries.count == 0 { continue }
      var saved = SavedMemory(entries, shape: parameters[position].value.shape, path: path)
      let memory = Rule.memory(from: &saved)
      saved.noteUnread()
      misfits += saved.misfits
      if let memory { memories.append((position, memory)) }
    }
  }

  /// Groups of another make: the numbers of the parameters mean nothing here.
  private mutating func refuse(_ name: String, _ reason: String) {
    misfits.append(Misfit(name: name, reason: reason))
    options = []
    groupsFit = false
  }
}
