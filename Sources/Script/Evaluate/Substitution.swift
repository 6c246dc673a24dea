import Components

extension Expression {
  /// The tree with loop variables and parameters replaced by what they are, wherever a value can be
  /// written down; a binding made in a loop then says `Adam(lr=0.001)` and not `Adam(lr=lr)`.
  public func substituting(_ locals: Locals) -> Expression {
    if locals.isEmpty { return self }
    switch form {
    case .name(let name): return locals[name].flatMap { Expression(value: $0, span) } ?? self
    case .lambda(let parameters, let body):
      let inner = locals.filter { name, _ in !parameters.contains { $0.name == name } }
      var result = self
      result.form = .lambda(
        parameters.map {
          Parameter($0.name, defaultValue: $0.defaultValue?.substituting(locals))
        }, body.substituting(inner))
      return result
    case .comprehension(_, let clauses):
      let bound = Set(clauses.flatMap(\.targets))
      let inner = locals.filter { !bound.contains($0.key) }
      return mappingChildren { $0.substituting(inner) }
    default: return mappingChildren { $0.substituting(locals) }
    }
  }

  /// The value as it would be typed; nil for functions, objects and slices, and for floats that have no
  /// spelling.
  public init?(value: Value, _ span: Span) {
    func all(_ items: [Value]) -> [Expression]? {
      let trees = items.compactMap { Expression(value: $0, span) }
      return trees.count == items.count ? trees : nil
    }
    switch value {
    case .none: self.init(Form.none, span)
    case .bool(let flag): self.init(Form.bool(flag), span)
    case .int(let number): self.init(.int(number, spelling: String(number)), span)
    case .double(let number):
      guard number.isFinite else { return nil }
      self.init(.double(number, spelling: number.description), span)
    case .string(let text): self.init(.string(text, .raw), span)
    case .list(let items):
      guard let trees = all(items) else { return nil }
      self.init(.list(trees), span)
    case .tuple(let items):
      guard let trees = all(items) else { return nil }
      self.init(.tuple(trees), span)
    case .dict(let dict):
      guard let trees = all(dict.map(\.value)) else { return nil }
      let entries = zip(dict.keys, trees).map {
        DictEntry(key: Expression(.string($0, .plain), span), value: $1)
      }
      self.init(.dict(entries), span)
    case .slice, .function, .object: return nil
    }
  }
}
