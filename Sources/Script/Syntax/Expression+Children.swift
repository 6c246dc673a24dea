/// Walking and rewriting trees without knowing every form.
extension Expression {
  /// The trees directly below, in the order they are written.
  public var children: [Expression] {
    var result: [Expression] = []
    _ = mappingChildren {
      result.append($0)
      return $0
    }
    return result
  }

  /// The same tree with every child replaced; `transform` is called in the order they are written.
  public func mappingChildren<Failure: Error>(
    _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    var result = self
    switch form {
    case .none, .bool, .int, .double, .string, .name, .variable, .template, .reference: break
    case .formatted(var parts):
      for (index, part) in parts.enumerated() {
        if case .value(let value, let conversion, let format) = part {
          parts[index] = .value(try transform(value), conversion: conversion, format: format)
        }
      }
      result.form = .formatted(parts)
    case .list(let items): result.form = .list(try items.mapped(transform))
    case .tuple(let items): result.form = .tuple(try items.mapped(transform))
    case .dict(var entries):
      for index in entries.indices {
        entries[index].key = try transform(entries[index].key)
        entries[index].value = try transform(entries[index].value)
      }
      result.form = .dict(entries)
    case .component(var component):
      for index in component.arguments.indices {
        component.arguments[index].value = try transform(component.arguments[index].value)
      }
      for index in component.attributes.indices {
        component.attributes[index].value = try transform(component.attributes[index].value)
      }
      result.form = .component(component)
    case .unary(let operation, let value): result.form = .unary(operation, try transform(value))
    case .binary(let operation, let left, let right):
      result.form = .binary(operation, try transform(left), try transform(right))
    case .comparison(let operands, let operators):
      result.form = .comparison(try operands.mapped(transform), operators)
    case .and(let left, let right): result.form = .and(try transform(left), try transform(right))
    case .or(let left, let right): result.form = .or(try transform(left), try transform(right))
    case .conditional(let test, let then, let otherwise):
      let then = try transform(then)
      result.form = .conditional(
        test: try transform(test), then: then, otherwise: try transform(otherwise))
    case .call(let callee, var arguments):
      let callee = try transform(callee)
      for index in arguments.indices {
        arguments[index].value = try transform(arguments[index].value)
      }
      result.form = .call(callee, arguments)
    case .attribute(let base, let name): result.form = .attribute(try transform(base), name)
    case .index(let base, let index):
      result.form = .index(try transform(base), try transform(index))
    case .slice(var start, var stop, var step):
      if let value = start { start = try transform(value) }
      if let value = stop { stop = try transform(value) }
      if let value = step { step = try transform(value) }
      result.form = .slice(start, stop, step)
    case .lambda(var parameters, let body):
      for index in parameters.indices {
        if let value = parameters[index].defaultValue {
          parameters[index].defaultValue = try transform(value)
        }
      }
      result.form = .lambda(parameters, try transform(body))
    case .comprehension(let element, var clauses):
      let element = try transform(element)
      for index in clauses.indices {
        clauses[index].iterable = try transform(clauses[index].iterable)
        clauses[index].conditions = try clauses[index].conditions.mapped(transform)
      }
      result.form = .comprehension(element: element, clauses: clauses)
    }
    return result
  }
}

extension [Expression] {
  fileprivate func mapped<Failure: Error>(
    _ transform: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> [Expression] {
    var result: [Expression] = []
    result.reserveCapacity(count)
    for item in self { result.append(try transform(item)) }
    return result
  }
}
