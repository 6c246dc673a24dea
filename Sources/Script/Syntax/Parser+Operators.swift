import Components

/// Operators, from the loosest to the tightest.
extension Parser {
  /// `a, b` without brackets, or one expression.
  mutating func tupleOrExpression() throws(ParseStop) -> Expression {
    let start = token.start
    let first = try expression()
    guard at(.comma) else { return first }
    var items = [first]
    var tallest = height
    while accept(.comma), startsOperand {
      items.append(try expression())
      tallest = max(tallest, height)
    }
    return try node(.tuple(items), from: start, over: tallest)
  }

  /// An operand may begin at the cursor.
  var startsOperand: Bool {
    switch token.kind {
    case .name, .int, .double, .string, .formatted, .variable, .referenceMark: true
    case .keyword(let keyword):
      [.true, .false, .none, .not, .lambda].contains(keyword)
    case .symbol(let symbol):
      [.openParen, .openBracket, .openBrace, .minus, .plus].contains(symbol)
    default: false
    }
  }

  mutating func expression() throws(ParseStop) -> Expression {
    try enter()
    defer { depth -= 1 }
    if at(.lambda) { return try lambda() }
    let start = token.start
    let value = try operand(.or)
    guard at(.if) else { return value }
    advance()
    var tallest = height
    let test = try operand(.or)
    tallest = max(tallest, height)
    guard accept(.else) else { throw unexpected(wanted: "else") }
    let otherwise = try expression()
    return try node(
      .conditional(test: test, then: value, otherwise: otherwise), from: start,
      over: max(tallest, height))
  }

  mutating func lambda() throws(ParseStop) -> Expression {
    let start = token.start
    advance()
    let parameters = try parameters(until: .colon)
    let tallest = height
    try expect(.colon)
    let body = try expression()
    return try node(.lambda(parameters, body), from: start, over: max(tallest, height))
  }

  /// `a, b=1` up to the closing symbol, which is left at the cursor.
  mutating func parameters(until closer: Symbol) throws(ParseStop) -> [Parameter] {
    var parameters: [Parameter] = []
    var tallest = 0
    while !at(closer) {
      let start = token.start
      if at(.star) || at(.power) {
        throw mistake(
          "parameters are named one by one here", origin.span(token.start, token.end),
          remedy: "lambda x: …")
      }
      let name = try expectName("a parameter")
      if parameters.contains(where: { $0.name == name }) {
        throw mistake("\(name) is there twice", span(from: start))
      }
      if at(.colon), closer != .colon {
        throw mistake(
          "parameters have no types here", origin.span(start, token.end), remedy: "def f(a, b=1):")
      }
      var parameter = Parameter(name)
      if accept(.assign) {
        parameter.defaultValue = try expression()
        tallest = max(tallest, height)
      } else if parameters.last?.defaultValue != nil {
        throw mistake(
          "\(name) needs a default, as the parameter before it has one", span(from: start))
      }
      parameters.append(parameter)
      guard accept(.comma) else { break }
    }
    height = tallest
    return parameters
  }

  /// Binding strength of what stands between operands.
  enum Level: Int, Comparable {
    case or, and, not, comparison, sum, product, sign
    static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  private enum Infix {
    case or, and
    case comparison(Expression.ComparisonOperator, words: Int)
    case arithmetic(BinaryOperator, Level)

    var level: Level {
      switch self {
      case .or: .or
      case .and: .and
      case .comparison: .comparison
      case .arithmetic(_, let level): level
      }
    }
  }

  private var infix: Infix? {
    switch token.kind {
    case .keyword(.or): .or
    case .keyword(.and): .and
    case .keyword(.in): .comparison(.contains, words: 1)
    case .keyword(.is):
      if case .keyword(.not) = token(after: 1).kind {
        .comparison(.notSame, words: 2)
      } else {
        .comparison(.same, words: 1)
      }
    case .keyword(.not):
      if case .keyword(.in) = token(after: 1).kind {
        .comparison(.notContains, words: 2)
      } else {
        nil
      }
    case .symbol(let symbol): Self.infix(symbol)
    default: nil
    }
  }

  private static func infix(_ symbol: Symbol) -> Infix? {
    switch symbol {
    case .equal: .comparison(.equal, words: 1)
    case .notEqual: .comparison(.notEqual, words: 1)
    case .less: .comparison(.less, words: 1)
    case .lessOrEqual: .comparison(.lessOrEqual, words: 1)
    case .greater: .comparison(.greater, words: 1)
    case .greaterOrEqual: .comparison(.greaterOrEqual, words: 1)
    case .plus: .arithmetic(.add, .sum)
    case .minus: .arithmetic(.subtract, .sum)
    case .star: .arithmetic(.multiply, .product)
    case .slash: .arithmetic(.divide, .product)
    case .doubleSlash: .arithmetic(.floorDivide, .product)
    case .percent: .arithmetic(.remainder, .product)
    case .at: .arithmetic(.matrixProduct, .product)
    default: nil
    }
  }

  /// An operand with every operator that binds at least as tightly as `minimum`.
  mutating func operand(_ minimum: Level) throws(ParseStop) -> Expression {
    let start = token.start
    var left = try prefixed(minimum)
    while let infix, infix.level >= minimum {
      let tallest = height
      switch infix {
      case .or, .and:
        advance()
        let right = try operand(infix.level == .or ? .and : .not)
        let form: Expression.Form = infix.level == .or ? .or(left, right) : .and(left, right)
        left = try node(form, from: start, over: max(tallest, height))
      case .arithmetic(let operation, let level):
        advance()
        let right = try operand(level == .sum ? .product : .sign)
        left = try node(.binary(operation, left, right), from: start, over: max(tallest, height))
      case .comparison:
        left = try comparison(left, from: start)
      }
    }
    return left
  }

  private mutating func comparison(
    _ first: Expression, from start: Int
  ) throws(ParseStop) -> Expression {
    var operands = [first]
    var operators: [Expression.ComparisonOperator] = []
    var tallest = height
    while case .comparison(let comparison, let words) = infix {
      for _ in 0..<words { advance() }
      operators.append(comparison)
      operands.append(try operand(.sum))
      tallest = max(tallest, height)
    }
    return try node(.comparison(operands, operators), from: start, over: tallest)
  }

  private mutating func prefixed(_ minimum: Level) throws(ParseStop) -> Expression {
    let start = token.start
    if minimum <= .not, at(.not) {
      try enter()
      defer { depth -= 1 }
      advance()
      let value = try operand(.not)
      return try node(.unary(.not, value), from: start, over: height)
    }
    return try signed()
  }

  /// `-x`, `+x`, `x ** y`. A minus before a number is part of the number, so that the value `-1` of a
  /// config and the text `-1` are one tree.
  private mutating func signed() throws(ParseStop) -> Expression {
    let start = token.start
    if at(.minus) || at(.plus) {
      let isMinus = at(.minus)
      try enter()
      defer { depth -= 1 }
      advance()
      let isLiteral = isNumber(token)
      let value = try signed()
      if isMinus, isLiteral {
        switch value.form {
        case .int(let number, let spelling):
          return try node(.int(-number, spelling: "-" + spelling), from: start)
        case .double(let number, let spelling):
          return try node(.double(-number, spelling: "-" + spelling), from: start)
        default: break
        }
      }
      return try node(.unary(isMinus ? .negate : .plus, value), from: start, over: height)
    }
    let base = try postfixed()
    guard at(.power) else { return base }
    let tallest = height
    advance()
    try enter()
    defer { depth -= 1 }
    let exponent = try signed()
    return try node(.binary(.power, base, exponent), from: start, over: max(tallest, height))
  }

  private func isNumber(_ token: Token) -> Bool {
    switch token.kind {
    case .int, .double: true
    default: false
    }
  }
}
