import Components
import Script

/// Random trees that the parser could have made, from a seed.
struct RandomTree {
  private var state: UInt64
  private let span = Span(SourceID(0), 0, 0)

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func pick(_ count: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state >> 33) % count
  }

  private mutating func choose<T>(_ items: [T]) -> T { items[pick(items.count)] }

  private mutating func several(_ depth: Int, _ least: Int = 0) -> [Expression] {
    (0..<least + pick(3)).map { _ in tree(depth - 1) }
  }

  mutating func tree(_ depth: Int) -> Expression {
    Expression(depth <= 0 ? leaf() : branch(depth), span)
  }

  private mutating func leaf() -> Expression.Form {
    switch pick(11) {
    case 0: .none
    case 1: .bool(pick(2) == 0)
    case 2: .int(42, spelling: choose(["42", "0x2A", "4_2"]))
    case 3: .int(-7, spelling: "-7")
    case 4: .double(2e-4, spelling: choose(["2e-4", "0.0002", ".0002"]))
    case 5: .string(choose(["", "image", "it's", "a \"b\" c", "tab\t\\ é\u{1}", "a/b"]), .plain)
    case 6: .string(choose(["{x}", "@a", "\\d"]), .raw)
    case 7: .variable("lr")
    case 8:
      .reference(
        choose([
          Path([.name("model")]), Path([.name("train"), .name("handlers"), .index(-1)]),
          Path([.name("handlers"), .name("Saver")]),
        ]))
    default: .name(choose(["x", "y", "engine"]))
    }
  }

  private mutating func branch(_ depth: Int) -> Expression.Form {
    switch pick(18) {
    case 0: return .list(several(depth))
    case 1: return .tuple(several(depth))
    case 2:
      return .dict(
        several(depth).enumerated().map { index, value in
          DictEntry(key: Expression(.string("k\(index)", .plain), span), value: value)
        })
    case 3: return .component(component(depth))
    case 4: return .unary(choose([.negate, .plus, .not]), tree(depth - 1))
    case 5, 6:
      let operation = choose([
        BinaryOperator.add, .subtract, .multiply, .divide, .floorDivide, .remainder, .power,
        .matrixProduct,
      ])
      return .binary(operation, tree(depth - 1), tree(depth - 1))
    case 7:
      let operands = several(depth, 2)
      return .comparison(
        operands,
        operands.dropFirst().map { _ in choose([.less, .equal, .notContains, .notSame, .contains]) }
      )
    case 8: return .and(tree(depth - 1), tree(depth - 1))
    case 9: return .or(tree(depth - 1), tree(depth - 1))
    case 10:
      return .conditional(test: tree(depth - 1), then: tree(depth - 1), otherwise: tree(depth - 1))
    case 11:
      return .call(
        tree(depth - 1),
        several(depth).map { CallArgument(value: $0) } + [
          CallArgument(name: "named", value: tree(depth - 1))
        ])
    case 12: return .attribute(tree(depth - 1), choose(["shape", "in", "lambda"]))
    case 13: return .index(tree(depth - 1), tree(depth - 1))
    case 14:
      let slice = Expression.Form.slice(
        pick(2) == 0 ? tree(depth - 1) : nil, pick(2) == 0 ? tree(depth - 1) : nil,
        pick(2) == 0 ? tree(depth - 1) : nil)
      return .index(
        tree(depth - 1),
        Expression(
          pick(2) == 0 ? slice : .tuple([Expression(slice, span), tree(depth - 1)]), span))
    case 15:
      return .lambda(
        [Parameter("a"), Parameter("b", defaultValue: tree(depth - 1))], tree(depth - 1))
    case 16:
      return .comprehension(
        element: tree(depth - 1),
        clauses: [
          ForClause(
            targets: choose([["i"], ["i", "j"]]), iterable: tree(depth - 1),
            conditions: several(depth))
        ])
    default:
      return .formatted([
        .text("a{b}'\""),
        .value(
          tree(min(1, depth - 2)), conversion: pick(2) == 0 ? "r" : nil,
          format: choose(["", ".3f"])),
      ])
    }
  }

  private mutating func component(_ depth: Int) -> ComponentExpression {
    let target: ComponentExpression.Target = choose([
      .name("UNet"), .name("unknown"), .path("my.Loss", label: nil),
      .path("my.Loss", label: "Other"),
      .path("torch.optim.Adam", label: nil), .ref("LoadImaged"),
    ])
    var arguments = several(depth).enumerated().map { index, value in
      NamedExpression(name: choose(["lr", "lambda"]) + "\(index)", nameSpan: span, value: value)
    }
    var aliases = choose([[], ["first", "b"]])
    if case .ref = target { (arguments, aliases) = ([], []) }
    if case .path(_, label: nil) = target { aliases = [] }
    let attributes = several(depth).prefix(1).map {
      NamedExpression(name: choose(["rank", "disabled"]), nameSpan: span, value: $0)
    }
    return ComponentExpression(
      target: target, targetSpan: span, aliases: aliases, arguments: arguments,
      attributes: attributes)
  }
}
