import Components

/// Statements, a block four columns further in.
extension Printer {
  public func text(_ statements: [Statement], indent: Int = 0) -> String {
    statements.map { text($0, indent: indent) }.joined()
  }

  /// The lines of one statement, each with its newline.
  public func text(_ statement: Statement, indent: Int = 0) -> String {
    let margin = String(repeating: " ", count: indent)
    let end = statement.isSilent ? ";\n" : "\n"
    switch statement.form {
    case .expression(let value), .configuration(let value):
      return margin + bare(value, indent) + end
    case .assignment(let target, let value):
      let left = text(target) + " = "
      return margin + left + bare(value, indent, after: left) + end
    case .update(let target, let operation, let value):
      let left = text(target) + " \(operation.rawValue)= "
      return margin + left + bare(value, indent, after: left) + end
    case .delete(let target): return margin + "del " + text(target) + end
    case .assertion(let test, let message):
      return margin + "assert " + text(test) + (message.map { ", " + text($0) } ?? "") + end
    case .returning(let value):
      return margin + "return" + (value.map { " " + bare($0, indent) } ?? "") + end
    case .conditional(let branches, let otherwise):
      var result = ""
      for (index, branch) in branches.enumerated() {
        result += margin + (index == 0 ? "if " : "elif ") + text(branch.test) + ":\n"
        result += block(branch.body, indent)
      }
      return otherwise.isEmpty ? result : result + margin + "else:\n" + block(otherwise, indent)
    case .loop(let targets, let iterable, let body):
      return margin + "for " + targets.joined(separator: ", ") + " in " + text(iterable) + ":\n"
        + block(body, indent)
    case .definition(let name, let parameters, let body):
      return margin + "def " + name + "(" + list(parameters) + "):\n" + block(body, indent)
    case .section(let name, let body): return margin + name + ":\n" + block(body, indent)
    }
  }

  public func text(_ target: Statement.Target) -> String {
    switch target {
    case .path(let path, _): text(path)
    case .names(let names, _): names.joined(separator: ", ") + (names.count == 1 ? "," : "")
    case .element(let element, _): text(element)
    }
  }

  private func text(_ path: Path) -> String {
    var result = ""
    for step in path.steps {
      switch step {
      case .name(let name): result += result.isEmpty ? name : "." + name
      case .index(let index): result += "[\(index)]"
      case .key(let key): result += "[" + literal(key, .plain) + "]"
      }
    }
    return result
  }

  private func bare(_ value: Expression, _ indent: Int, after left: String = "") -> String {
    layout(value, indent: indent, column: indent + left.count)
  }

  private func block(_ body: [Statement], _ indent: Int) -> String {
    let inner = indent + 4
    return body.isEmpty
      ? String(repeating: " ", count: inner) + "pass\n" : text(body, indent: inner)
  }
}
