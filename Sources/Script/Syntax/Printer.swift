import Components

/// Writes trees back as Étude: numbers as they were spelled, only the brackets that are needed.
///
/// `print(parse(text))` parses to the same tree again.
public struct Printer: Sendable {
  let names: ComponentNames
  /// Inside `{}` of an f-string only single quotes are free.
  var quote: Character = "\""

  public init(names: ComponentNames = .none) { self.names = names }

  /// One line.
  public func text(_ expression: Expression) -> String { text(expression, at: .loosest) }

  /// As `text`, broken over lines where one would pass `width` columns. Lines after the first stand
  /// `indent` columns in; `column` is where the first begins.
  public func layout(
    _ expression: Expression, indent: Int = 0, column: Int? = nil, width: Int = 100
  ) -> String {
    let flat = text(expression)
    if flat.count + (column ?? indent) <= width { return flat }
    guard let group = group(expression) else { return flat }
    let margin = indent + 2
    let inner = String(repeating: " ", count: margin)
    var lines = group.open + "\n"
    for item in group.items {
      let value = layout(
        item.value, indent: margin, column: margin + item.label.count + 1, width: width)
      lines += inner + item.label + value + ",\n"
    }
    return lines + String(repeating: " ", count: indent) + group.close
  }

  /// How tightly a form holds together; a form looser than its place asks for brackets.
  enum Strength: Int, Comparable {
    case loosest, or, and, not, comparison, sum, product, sign, power, postfix
    static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
    var next: Strength { Strength(rawValue: rawValue + 1) ?? .postfix }
  }

  func text(_ expression: Expression, at needed: Strength) -> String {
    let (text, strength) = written(expression)
    return strength < needed ? "(\(text))" : text
  }

  private func written(_ expression: Expression) -> (String, Strength) {
    switch expression.form {
    case .none: ("None", .postfix)
    case .bool(let flag): (flag ? "True" : "False", .postfix)
    case .int(_, let spelling), .double(_, let spelling):
      (spelling, spelling.hasPrefix("-") ? .sign : .postfix)
    case .string(let text, let style): (literal(text, style), .postfix)
    case .formatted(let parts): (formatted(parts), .postfix)
    case .name(let name): (name, .postfix)
    case .variable(let name): ("<\(name)>", .postfix)
    case .template(let parts): (template(parts), .postfix)
    case .reference(let path): ("@\(path)", .postfix)
    case .list(let items): ("[" + list(items) + "]", .postfix)
    case .tuple(let items): ("(" + list(items) + (items.count == 1 ? ",)" : ")"), .postfix)
    case .dict(let entries): (dict(entries), .postfix)
    case .component(let component): (self.component(component), .postfix)
    case .unary(let operation, let value): unary(operation, value)
    case .binary(let operation, let left, let right): binary(operation, left, right)
    case .comparison(let operands, let operators): (comparison(operands, operators), .comparison)
    case .and(let left, let right): (text(left, at: .and) + " and " + text(right, at: .not), .and)
    case .or(let left, let right): (text(left, at: .or) + " or " + text(right, at: .and), .or)
    case .conditional(let test, let then, let otherwise):
      (
        "\(text(then, at: .or)) if \(text(test, at: .or)) else \(text(otherwise))", .loosest
      )
    case .call(let callee, let arguments):
      (self.callee(callee) + "(" + list(arguments) + ")", .postfix)
    case .attribute(let base, let name): (receiver(base) + "." + name, .postfix)
    case .index(let base, let index):
      (text(base, at: .postfix) + "[" + self.index(index) + "]", .postfix)
    case .slice: (index(expression), .loosest)
    case .lambda(let parameters, let body):
      (
        "lambda" + (parameters.isEmpty ? "" : " ") + list(parameters) + ": " + text(body), .loosest
      )
    case .comprehension(let element, let clauses):
      ("[" + text(element) + clauses.map(clause).joined() + "]", .postfix)
    }
  }

  // MARK: Operators

  private func unary(
    _ operation: Expression.UnaryOperator, _ value: Expression
  ) -> (String, Strength) {
    switch operation {
    case .not: ("not " + text(value, at: .not), .not)
    case .plus: ("+" + text(value, at: .sign), .sign)
    case .negate:
      ("-" + (value.isPositiveNumber ? "(\(text(value)))" : text(value, at: .sign)), .sign)
    }
  }

  private func binary(
    _ operation: BinaryOperator, _ left: Expression, _ right: Expression
  ) -> (String, Strength) {
    switch operation {
    case .power:
      return (text(left, at: .postfix) + " ** " + text(right, at: .sign), .power)
    case .add, .subtract:
      return (
        "\(text(left, at: .sum)) \(operation.rawValue) \(text(right, at: .product))", .sum
      )
    case .multiply, .divide, .floorDivide, .remainder, .matrixProduct:
      return (
        "\(text(left, at: .product)) \(operation.rawValue) \(text(right, at: .sign))", .product
      )
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return ("\(text(left, at: .sum)) \(operation.rawValue) \(text(right, at: .sum))", .comparison)
    }
  }

  private func comparison(
    _ operands: [Expression], _ operators: [Expression.ComparisonOperator]
  ) -> String {
    var result = operands.first.map { text($0, at: .sum) } ?? ""
    for (operation, operand) in zip(operators, operands.dropFirst()) {
      result += " \(operation.rawValue) " + text(operand, at: .sum)
    }
    return result
  }

  /// A number keeps its dot apart from the one of an attribute.
  private func receiver(_ base: Expression) -> String {
    base.isPositiveNumber ? "(\(text(base)))" : text(base, at: .postfix)
  }

  /// `@handlers.Saver(…)` would call a method of the list.
  private func callee(_ callee: Expression) -> String {
    if case .reference(let path) = callee.form, case .name? = path.steps.last,
      case .name(let list)? = path.steps.dropLast().last, SectionElement.lists.contains(list)
    {
      return "(\(text(callee)))"
    }
    return text(callee, at: .postfix)
  }

  private func index(_ index: Expression) -> String {
    switch index.form {
    case .tuple(let items) where !items.isEmpty:
      let texts = items.map { item in
        if case .slice = item.form { self.index(item) } else { text(item) }
      }
      return texts.joined(separator: ", ") + (items.count == 1 ? "," : "")
    case .slice(let start, let stop, let step):
      var result = (start.map(text) ?? "") + ":" + (stop.map(text) ?? "")
      if let step { result += ":" + text(step) }
      return result
    default: return text(index)
    }
  }

  private func clause(_ clause: ForClause) -> String {
    " for " + clause.targets.joined(separator: ", ") + " in " + text(clause.iterable, at: .or)
      + clause.conditions.map { " if " + text($0, at: .or) }.joined()
  }

  // MARK: Lists of things

  private func list(_ items: [Expression]) -> String {
    items.map { text($0) }.joined(separator: ", ")
  }

  func list(_ arguments: [CallArgument]) -> String {
    arguments.map { ($0.name.map { $0 + "=" } ?? "") + text($0.value) }.joined(separator: ", ")
  }

  func list(_ parameters: [Parameter]) -> String {
    parameters.map { parameter in
      parameter.name + (parameter.defaultValue.map { "=" + text($0) } ?? "")
    }.joined(separator: ", ")
  }

  func key(_ key: Expression) -> String {
    if case .string(let text, _) = key.form { return literal(text, .plain) }
    return text(key)
  }

  private func dict(_ entries: [DictEntry]) -> String {
    let group = dictGroup(entries)
    let items = group.items.map { $0.label + text($0.value) }
    return group.open + items.joined(separator: ", ") + group.close
  }

  /// A form that can be broken over lines.
  struct Group {
    var open: String
    var items: [(label: String, value: Expression)]
    var close: String
  }

  func dictGroup(_ entries: [DictEntry]) -> Group {
    let isMistakable = entries.componentTarget(names) != nil
    return Group(
      open: isMistakable ? "dict({" : "{",
      items: entries.map { (key($0.key) + ": ", $0.value) },
      close: isMistakable ? "})" : "}")
  }

  private func group(_ expression: Expression) -> Group? {
    switch expression.form {
    case .list(let items) where !items.isEmpty:
      return Group(open: "[", items: items.map { ("", $0) }, close: "]")
    case .tuple(let items) where items.count > 1:
      return Group(open: "(", items: items.map { ("", $0) }, close: ")")
    case .dict(let entries) where !entries.isEmpty: return dictGroup(entries)
    case .call(let callee, let arguments) where !arguments.isEmpty:
      return Group(
        open: self.callee(callee) + "(",
        items: arguments.map { ($0.name.map { $0 + "=" } ?? "", $0.value) }, close: ")")
    case .component(let component): return group(component)
    default: return nil
    }
  }
}

extension Expression {
  fileprivate var isPositiveNumber: Bool {
    switch form {
    case .int(_, let spelling), .double(_, let spelling): !spelling.hasPrefix("-")
    default: false
    }
  }
}
