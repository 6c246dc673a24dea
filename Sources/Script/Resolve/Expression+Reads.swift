import Components

/// Something an expression reads from outside itself.
enum Read {
  /// `<name>`, `"{name}"`
  case variable(String, Span)
  /// A bare name that is no parameter or loop variable.
  case name(String, Span)
  /// `@path`
  case reference(Path, Span)
  /// `train.optimizer.lr`: a declaration.
  case declaration(Path, Span)
  /// A component inside, with the steps that lead to it. What it reads is its own affair.
  case component([Path.Step], ComponentExpression, Span)
}

extension Expression {
  /// Attributes that decide whether a component is there at all; whoever holds it reads them.
  private static let flags = ["disabled", "rank"]

  /// What the flags of a component read.
  var flagReads: [Read] {
    guard let component else { return [] }
    return Self.flags.compactMap { component.attribute($0) }.flatMap(\.allReads)
  }

  /// Everything the expression reads, in order; a component at the top is entered except for its
  /// flags, those inside are found themselves.
  var allReads: [Read] {
    var walk = ReadWalk()
    guard let component else {
      walk.enter(self)
      return walk.reads
    }
    for argument in component.arguments { walk.enter(argument.value, by: .name(argument.name)) }
    for attribute in component.attributes where !Self.flags.contains(attribute.name) {
      walk.enter(attribute.value, by: .name(attribute.name))
    }
    return walk.reads
  }

  /// `train.handlers[2].rank` as a path; nil unless it begins with a section.
  fileprivate var declarationPath: Path? {
    var steps: [Path.Step] = []
    var current = self
    while true {
      switch current.form {
      case .attribute(let object, let name):
        steps.append(.name(name))
        current = object
      case .index(let object, let index):
        guard case .int(let number, _) = index.form else { return nil }
        steps.append(.index(number))
        current = object
      case .name(let name):
        guard let section = Section(rawValue: name), section != .top else { return nil }
        return Path([.name(name)] + steps.reversed())
      default: return nil
      }
    }
  }
}

private struct ReadWalk {
  private(set) var reads: [Read] = []
  /// The way to where the walk is.
  private var steps: [Path.Step] = []

  mutating func enter(_ part: Expression, by step: Path.Step, locals: Set<String> = []) {
    steps.append(step)
    enter(part, locals: locals)
    steps.removeLast()
  }

  mutating func enter(_ expression: Expression, locals: Set<String> = []) {
    func all(_ parts: Expression?...) {
      for case let part? in parts { enter(part, locals: locals) }
    }
    let span = expression.span
    switch expression.form {
    case .none, .bool, .int, .double, .string: break
    case .variable(let name): reads.append(.variable(name, span))
    case .name(let name): if !locals.contains(name) { reads.append(.name(name, span)) }
    case .reference(let path): reads.append(.reference(path, span))
    case .component(let component): reads.append(.component(steps, component, span))
    case .template(let parts):
      for case .variable(let name) in parts { reads.append(.variable(name, span)) }
    case .formatted(let parts):
      for case .value(let value, _, _) in parts { enter(value, locals: locals) }
    case .list(let items), .tuple(let items):
      for (index, item) in items.enumerated() { enter(item, by: .index(index), locals: locals) }
    case .dict(let entries):
      for entry in entries {
        if case .string(let key, _) = entry.key.form {
          enter(entry.value, by: .key(key), locals: locals)
        } else {
          all(entry.key, entry.value)
        }
      }
    case .unary(_, let operand): all(operand)
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right):
      all(left, right)
    case .comparison(let operands, _):
      for operand in operands { all(operand) }
    case .conditional(let test, let then, let otherwise): all(test, then, otherwise)
    case .call(let function, let arguments):
      all(function)
      for argument in arguments { all(argument.value) }
    case .attribute(let object, _):
      if let path = expression.declarationPath {
        reads.append(.declaration(path, span))
      } else {
        all(object)
      }
    case .index(let object, let index):
      if let path = expression.declarationPath {
        reads.append(.declaration(path, span))
      } else {
        all(object, index)
      }
    case .slice(let start, let stop, let step): all(start, stop, step)
    case .lambda(let parameters, let body):
      for parameter in parameters { all(parameter.defaultValue) }
      enter(body, locals: locals.union(parameters.map(\.name)))
    case .comprehension(let element, let clauses):
      var inner = locals
      for clause in clauses {
        enter(clause.iterable, locals: inner)
        inner.formUnion(clause.targets)
        for condition in clause.conditions { enter(condition, locals: inner) }
      }
      enter(element, locals: inner)
    }
  }
}
