/// What a statement is made of, for whoever looks without running it.
extension Statement {
  /// The expressions of the statement itself, not those of its blocks.
  public var expressions: [Expression] {
    switch form {
    case .expression(let value): [value]
    case .assignment(let target, let value): target.expressions + [value]
    case .update(let target, _, let value): target.expressions + [value]
    case .delete(let target): target.expressions
    case .conditional(let branches, _): branches.map(\.test)
    case .loop(_, let iterable, _): [iterable]
    case .assertion(let test, let message): [test] + (message.map { [$0] } ?? [])
    case .definition(_, let parameters, _): parameters.compactMap(\.defaultValue)
    case .returning(let value): value.map { [$0] } ?? []
    case .section, .configuration: []
    }
  }

  public var bodies: [[Statement]] {
    switch form {
    case .conditional(let branches, let otherwise): branches.map(\.body) + [otherwise]
    case .loop(_, _, let body), .section(_, let body), .definition(_, _, let body): [body]
    default: []
    }
  }
}

extension Statement.Target {
  /// What has to be computed to know where the value goes.
  var expressions: [Expression] {
    if case .element(let element, _) = self { [element] } else { [] }
  }

  public var span: Span {
    switch self {
    case .path(_, let span), .names(_, let span), .element(_, let span): span
    }
  }
}

extension [Statement] {
  /// Names these statements give a value, in blocks too: the local names of a function.
  var assignedNames: Set<String> {
    var names: Set<String> = []
    for statement in self {
      switch statement.form {
      case .assignment(let target, _), .update(let target, _, _):
        switch target {
        case .names(let targets, _): names.formUnion(targets)
        case .path(let path, _):
          if path.steps.count == 1, case .name(let name) = path.steps[0] { names.insert(name) }
        case .element: break
        }
      case .loop(let targets, _, _): names.formUnion(targets)
      default: break
      }
      for body in statement.bodies { names.formUnion(body.assignedNames) }
    }
    return names
  }
}
