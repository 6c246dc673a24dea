import Components
import Script
import Testing

@testable import Session

/// A session and its screen.
struct SessionUnderTest {
  let screen = Screen()
  let session: EtudeSession

  init(running text: String = "") throws {
    session = EtudeSession(output: screen)
    try run(text)
  }

  func run(_ text: String) throws { try session.runScript(text, name: "script") }

  /// What the lines show, without what was shown before.
  func shows(_ text: String) throws -> String {
    _ = screen.take()
    try run(text)
    return screen.take()
  }

  /// The fault that the lines end in.
  func fault(
    _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Fault {
    do { try run(text) } catch let fault as Fault { return fault } catch let list as FaultList {
      return try #require(list.faults.first, sourceLocation: sourceLocation)
    }
    try #require(Bool(false), "\(text) did not fail", sourceLocation: sourceLocation)
    return Fault(.invalid, "")
  }

  /// Every definition as it is built: refs copied, variables replaced by their values.
  func trees() throws -> [String: String] {
    var trees: [String: String] = [:]
    for node in session.bindings.nodes {
      let expression = try session.bindings.definition(of: node).expression
      trees["\(node)"] = session.printer.text(try replacingVariables(expression, node))
    }
    return trees
  }

  private func replacingVariables(_ expression: Expression, _ node: Node) throws -> Expression {
    switch expression.form {
    case .variable, .template:
      let value = try session.bindings.value(of: expression, from: node.section)
      return try #require(Expression(value: value, expression.span))
    case .double(let number, _):
      return Expression(.double(number, spelling: "\(number)"), expression.span)
    default: return try expression.mappingChildren { try replacingVariables($0, node) }
    }
  }
}
