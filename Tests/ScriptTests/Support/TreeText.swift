import Components
import Script

/// A tree as text without spans, so that two can be compared.
enum TreeText {
  static func text(_ statements: [Statement]) -> String {
    statements.map(text).joined(separator: "\n")
  }

  static func text(_ statement: Statement) -> String {
    let silent = statement.isSilent ? ";" : ""
    switch statement.form {
    case .expression(let value): return text(value) + silent
    case .assignment(let target, let value):
      return "assign \(text(target)) \(text(value))" + silent
    case .update(let target, let operation, let value):
      return "update \(text(target)) \(operation) \(text(value))" + silent
    case .delete(let target): return "delete \(text(target))"
    case .conditional(let branches, let otherwise):
      let tests = branches.map { "[\(text($0.test)): \(text($0.body))]" }.joined()
      return "if \(tests) else [\(text(otherwise))]"
    case .loop(let targets, let iterable, let body):
      return "for \(targets) \(text(iterable)) [\(text(body))]"
    case .assertion(let test, let message):
      return "assert \(text(test)) \(message.map(text) ?? "")"
    case .definition(let name, let parameters, let body):
      return "def \(name)\(text(parameters)) [\(text(body))]"
    case .returning(let value): return "return \(value.map(text) ?? "")"
    case .configuration(let config): return "configuration \(text(config))"
    case .section(let name, let body): return "section \(name) [\(text(body))]"
    }
  }

  private static func text(_ target: Statement.Target) -> String {
    switch target {
    case .path(let path, _): "\(path)"
    case .names(let names, _): "\(names)"
    case .element(let element, _): "element \(text(element))"
    }
  }

  private static func text(_ parameters: [Parameter]) -> String {
    "("
      + parameters.map { $0.name + ($0.defaultValue.map { "=" + text($0) } ?? "") }
      .joined(separator: ",") + ")"
  }

  static func text(_ expression: Expression) -> String {
    switch expression.form {
    case .none: return "none"
    case .bool(let flag): return "\(flag)"
    case .int(let number, let spelling): return "int(\(number) \(spelling))"
    case .double(let number, let spelling): return "double(\(number) \(spelling))"
    case .string(let text, let style): return "string(\(text.debugDescription) \(style))"
    case .formatted(let parts):
      return "f("
        + parts.map { part in
          switch part {
          case .text(let text): text.debugDescription
          case .value(let value, let conversion, let format):
            "{\(text(value))!\(conversion ?? "")|\(format)}"
          }
        }.joined() + ")"
    case .name(let name): return "name(\(name))"
    case .variable(let name): return "<\(name)>"
    case .template(let parts): return "template(\(parts))"
    case .reference(let path): return "@(\(path))"
    case .list(let items): return "[" + items.map(text).joined(separator: ",") + "]"
    case .tuple(let items): return "tuple(" + items.map(text).joined(separator: ",") + ")"
    case .dict(let entries):
      return "{" + entries.map { text($0.key) + ":" + text($0.value) }.joined(separator: ",") + "}"
    case .component(let component):
      func all(_ items: [NamedExpression]) -> String {
        items.map { $0.name + "=" + text($0.value) }.joined(separator: ",")
      }
      return "component(\(component.target) \(component.aliases) "
        + "\(all(component.arguments)) | \(all(component.attributes)))"
    case .unary(let operation, let value): return "\(operation)(\(text(value)))"
    case .binary(let operation, let left, let right):
      return "\(operation)(\(text(left)),\(text(right)))"
    case .comparison(let operands, let operators):
      return "compare(\(operands.map(text)) \(operators))"
    case .and(let left, let right): return "and(\(text(left)),\(text(right)))"
    case .or(let left, let right): return "or(\(text(left)),\(text(right)))"
    case .conditional(let test, let then, let otherwise):
      return "if(\(text(test)),\(text(then)),\(text(otherwise)))"
    case .call(let callee, let arguments):
      return "call(\(text(callee)) "
        + arguments.map { ($0.name ?? "") + "=" + text($0.value) }.joined(separator: ",") + ")"
    case .attribute(let base, let name): return "\(text(base)).\(name)"
    case .index(let base, let index): return "\(text(base))[\(text(index))]"
    case .slice(let start, let stop, let step):
      return "slice(\([start, stop, step].map { $0.map(text) ?? "" }))"
    case .lambda(let parameters, let body): return "lambda\(text(parameters)) \(text(body))"
    case .comprehension(let element, let clauses):
      let texts = clauses.map {
        "for \($0.targets) \(text($0.iterable)) \($0.conditions.map(text))"
      }
      return "comprehension(\(text(element)) \(texts))"
    }
  }
}
