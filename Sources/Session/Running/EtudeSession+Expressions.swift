import Components
import Script

extension EtudeSession {
  /// The value of one expression, as `display` shows it. Nothing is bound, `_` neither.
  ///
  /// - Throws: what is wrong with the text or with computing it.
  public func value(of text: String, name: String) throws -> RichOutput {
    let source = sources.add(name: name, text: text)
    let expression = try Parser.expression(
      text, at: TextOrigin(source), in: sources, names: names)
    workbench.beginTurn()
    let evaluator = Evaluator(
      workspace: SessionScope(self, .top), sources: sources, context: callContext())
    defer { publishView() }
    do { return rich(try evaluator.value(of: expression)) } catch let fault as Fault {
      throw fault.at(sources.place(expression.span))
    }
  }
}
