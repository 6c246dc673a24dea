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
  /// Visits what the expression reads; a component at the top is entered except for its flags,
  /// those inside are visited.
  func forEachRead<E: Error>(_ visit: (Read) throws(E) -> Void) throws(E) {
    guard let component else {
      try reads([], locals: [], visit)
      return
    }
    for argument in component.arguments {
      try argument.value.reads([.name(argument.name)], locals: [], visit)
    }
    for attribute in component.attributes where !Self.flags.contains(attribute.name) {
      try attribute.value.reads([.name(attribute.name)], locals: [], visit)
    }
  }

  /// Attributes that decide whether a component is there at all; whoever holds it reads them.
  private static let flags = ["disabled", "rank"]

  /// What the flags of a component read.
  var flagReads: [Read] {
    guard let component else { return [] }
    return Self.flags.compactMap { component.attribute($0) }.flatMap(\.allReads)
  }

  /// All of them, in order.
  var allReads: [Read] {
    var all: [Read] = []
    forEachRead { all.append($0) }
    return all
  }

  private func reads<E: Error>(
    _ steps: [Path.Step], locals: Set<String>, _ visit: (Read) throws(E) -> Void
  ) throws(E) {
    func all(_ parts: Expression?...) throws(E) {
      for case let part? in parts { try part.reads(steps, locals: locals, visit) }
    }
    switch form {
    case .none, .bool, .int, .double, .string: break
    case .variable(let name): try visit(.variable(name, span))
    case .name(let name): if !locals.contains(name) { try visit(.name(name, span)) }
    case .reference(let path): try visit(.reference(path, span))
    case .component(let component): try visit(.component(steps, component, span))
    case .template(let parts):
      for case .variable(let name) in parts { try visit(.variable(name, span)) }
    case .formatted(let parts):
      for case .value(let value, _, _) in parts { try value.reads(steps, locals: locals, visit) }
    case .list(let items), .tuple(let items):
      for (index, item) in items.enumerated() {
        try item.reads(steps + [.index(index)], locals: locals, visit)
      }
    case .dict(let entries):
      for entry in entries {
        if case .string(let key, _) = entry.key.form {
          try entry.value.reads(steps + [.key(key)], locals: locals, visit)
        } else {
          try all(entry.key, entry.value)
        }
      }
    case .unary(_, let operand): try all(operand)
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right):
      try all(left, right)
    case .comparison(let operands, _):
      for operand in operands { try all(operand) }
    case .conditional(let test, let then, let otherwise): try all(test, then, otherwise)
    case .call(let function, let arguments):
      try all(function)
      for argument in arguments { try all(argument.value) }
    case .attribute(let object, _):
      if let path = declarationPath { try visit(.declaration(path, span)) } else { try all(object) }
    case .index(let object, let index):
      if let path = declarationPath {
        try visit(.declaration(path, span))
      } else {
        try all(object, index)
      }
    case .slice(let start, let stop, let step): try all(start, stop, step)
    case .lambda(let parameters, let body):
      for parameter in parameters { try all(parameter.defaultValue) }
      try body.reads(steps, locals: locals.union(parameters.map(\.name)), visit)
    case .comprehension(let element, let clauses):
      var inner = locals
      for clause in clauses {
        try clause.iterable.reads(steps, locals: inner, visit)
        inner.formUnion(clause.targets)
        for condition in clause.conditions { try condition.reads(steps, locals: inner, visit) }
      }
      try element.reads(steps, locals: inner, visit)
    }
  }

  /// `train.handlers[2].rank` as a path; nil unless it begins with a section.
  private var declarationPath: Path? {
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
