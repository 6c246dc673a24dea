import Components
import Script

/// An expression computed step by step, the innermost first: each part as it is written, and its value.
struct EvaluationSteps {
  let explainer: Explainer
  /// Rounds of a loop that are shown of one part.
  private static let rounds = 3
  private static let most = 40

  /// - Throws: what keeps it from having a value, after the steps so far were written.
  func write(_ expression: Expression) throws {
    let session = explainer.session
    let evaluator = Evaluator(
      scope: explainer.scope, sources: session.sources, context: session.callContext(),
      captured: explainer.captured)
    evaluator.allowsActions = false
    var steps: [(expression: Expression, value: Value)] = []
    evaluator.observer = { if $0.isStep { steps.append(($0, $1)) } }
    let result = Result { try evaluator.value(of: expression) }
    var explanation = Explanation()
    var shown: [Span: [String]] = [:]
    var left = 0
    for (part, value) in steps {
      if case .function = value { continue }
      let text = value.description
      if shown[part.span]?.last == text { continue }
      shown[part.span, default: []].append(text)
      let rounds = shown[part.span]?.count ?? 0
      guard rounds <= Self.rounds else {
        left = max(left, rounds - Self.rounds)
        continue
      }
      explanation.add(
        0, Explanation.cut(session.printer.text(part), to: 40), text, origin(of: part))
    }
    if steps.isEmpty, case .success(let value) = result {
      explanation.add(0, session.printer.text(expression), value.description)
    }
    if left > 0 { explanation.add(0, "", "and \(left) more \(left == 1 ? "round" : "rounds")") }
    if explanation.rows.count > Self.most {
      let left = explanation.rows.count - Self.most
      explanation.rows = Array(explanation.rows.prefix(Self.most))
      explanation.add(0, "", "\(left) more steps")
    }
    if !explanation.rows.isEmpty { explainer.write(explanation) }
    _ = try result.get()
  }

  /// Where the value of a name was written.
  private func origin(of part: Expression) -> String {
    let name: String
    switch part.form {
    case .name(let text), .variable(let text): name = text
    default: return ""
    }
    guard let binding = explainer.bindings.lookup(name, from: explainer.scope.place) else {
      return ""
    }
    return explainer.origin(of: binding.expression.span)
  }
}

extension Expression {
  /// Worth a line: everything but literals.
  fileprivate var isStep: Bool {
    switch form {
    case .none, .bool, .int, .double, .string, .slice, .lambda: false
    case .unary(.negate, let operand): operand.isStep
    default: true
    }
  }
}
