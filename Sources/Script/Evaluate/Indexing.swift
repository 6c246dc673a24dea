import Components

/// `x[i]`, `x[a:b:c]`.
public enum Indexing {
  public static func element(
    of receiver: Value, at index: Value, _ budget: StepBudget
  ) throws -> Value {
    switch receiver {
    case .list(let items):
      if case .slice(let bounds) = index { return .list(try slice(items, bounds, budget)) }
      if case .string = index, let entries = try column(index, of: items, budget) { return entries }
      return items[try position(index, in: receiver, count: items.count)]
    case .tuple(let items):
      if case .slice(let bounds) = index { return .tuple(try slice(items, bounds, budget)) }
      return items[try position(index, in: receiver, count: items.count)]
    case .string(let text):
      let scalars = Array(text.unicodeScalars)
      try budget.spend(scalars.count)
      if case .slice(let bounds) = index {
        let part = try slice(scalars, bounds, budget)
        return .string(String(String.UnicodeScalarView(part)))
      }
      return .string(String(scalars[try position(index, in: receiver, count: scalars.count)]))
    case .dict(let entries):
      guard case .string(let key) = index else {
        throw Fault(
          .wrongType, "a dict is indexed by its keys, which are strings",
          got: "\(index.kindName) \(index.shortened)")
      }
      guard let value = entries[key] else {
        throw Fault(
          .unknownName, "there is no key \(key.quoted)",
          suggestion: Spelling.nearest(to: key, among: entries.keys),
          notes: entries.isEmpty
            ? ["the dict is empty"]
            : ["the keys are " + entries.keys.prefix(12).map(\.quoted).joined(separator: ", ")])
      }
      return value
    case .object(let object as any HasIndex): return try object.element(at: index)
    default:
      throw Fault(.wrongType, "\(receiver.kindPhrase) has no elements", got: receiver.shortened)
    }
  }

  /// A key of a list of samples: each one's entry; a number that all of them share, the loss, once.
  ///
  /// Configs of 4.0 read an engine's output so, as one dict of the batch. Nil for other lists.
  private static func column(
    _ key: Value, of items: [Value], _ budget: StepBudget
  ) throws -> Value? {
    var entries: [Value] = []
    for item in items {
      guard case .object(let sample as any HasIndex) = item, sample.kind == "sample" else {
        return nil
      }
      try budget.spend()
      entries.append(try sample.element(at: key))
    }
    guard let first = entries.first else { return nil }
    if case .double(let shared) = first,
      entries.allSatisfy({ if case .double(shared) = $0 { true } else { false } })
    {
      return first
    }
    return .list(entries)
  }

  private static func position(
    _ index: Value, in receiver: Value, count: Int
  ) throws(Fault) -> Int {
    guard let number = index.integer else {
      var fault = Fault(
        .wrongType, "\(receiver.kindPhrase) is indexed by numbers",
        got: "\(index.kindName) \(index.shortened)", wanted: "int or slice")
      if case .string = index, receiver.elements?.isEmpty == false {
        fault.message = "this is a \(receiver.kindName) of \(count) items, indexed by numbers"
        fault.remedy = "[0][\(index.description)]"
      }
      throw fault
    }
    let position = number < 0 ? number + count : number
    guard position >= 0, position < count else {
      throw Fault(
        .outOfRange, "there is no item \(number)", got: "\(number)",
        wanted: count == 0 ? "nothing: it is empty" : "\(-count)…\(count - 1)")
    }
    return position
  }

  private static func slice<Element>(
    _ items: [Element], _ bounds: SliceBounds, _ budget: StepBudget
  ) throws(Fault) -> [Element] {
    let (start, stop, step) = try bounds.resolved(count: items.count)
    if step == 1 {
      try budget.spend(max(0, stop - start))
      return start < stop ? Array(items[start..<stop]) : []
    }
    var result: [Element] = []
    for position in stride(from: start, to: stop, by: step) {
      try budget.spend()
      result.append(items[position])
    }
    return result
  }
}

extension SliceBounds {
  /// Start, stop and step for a sequence of `count` elements, as Python's `slice.indices` gives them.
  public func resolved(count: Int) throws(Fault) -> (start: Int, stop: Int, step: Int) {
    let step = self.step ?? 1
    guard step != 0, step != .min else { throw Fault(.invalid, "the step of a slice is not 0") }
    let (low, high) = step > 0 ? (0, count) : (-1, count - 1)
    func clamped(_ bound: Int) -> Int {
      min(max(bound < 0 ? bound + count : bound, low), high)
    }
    let start = self.start.map(clamped) ?? (step > 0 ? low : high)
    let stop = self.stop.map(clamped) ?? (step > 0 ? high : low)
    return (start, stop, step)
  }
}

extension Value {
  /// What stands at the end of a path of indices and keys.
  public func element(at steps: ArraySlice<Path.Step>, _ budget: StepBudget) throws -> Value {
    var value = self
    for step in steps { value = try value.element(step, budget) }
    return value
  }

  private func element(_ step: Path.Step, _ budget: StepBudget) throws -> Value {
    switch step {
    case .index(let index): try Indexing.element(of: self, at: .int(index), budget)
    case .key(let key): try Indexing.element(of: self, at: .string(key), budget)
    case .name(let name): try Attributes.value(of: name, in: self)
    }
  }

  /// A copy in which the element at a path is another value; a dict gains a key it did not have.
  public func replacing(
    _ steps: ArraySlice<Path.Step>, with value: Value, _ budget: StepBudget
  ) throws -> Value {
    guard let step = steps.first else { return value }
    let rest = steps.dropFirst()
    switch (self, step) {
    case (.dict(var entries), .key(let key)):
      let old = rest.isEmpty ? .none : try element(step, budget)
      try budget.spend(entries.count)
      entries[key] = try old.replacing(rest, with: value, budget)
      return .dict(entries)
    case (.list(var items), .index(let index)):
      let old = try element(step, budget)
      try budget.spend(items.count)
      items[index < 0 ? index + items.count : index] = try old.replacing(rest, with: value, budget)
      return .list(items)
    default:
      throw Fault(
        .wrongType, "a \(kindName) has no place to put this", got: shortened, wanted: "list or dict"
      )
    }
  }
}
