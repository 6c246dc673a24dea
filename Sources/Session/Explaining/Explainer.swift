import Components
import Script

/// `explain x`: what something is made of, down to the line that says so. Nothing is built or done.
struct Explainer {
  let session: EtudeSession
  let scope: SessionScope
  var captured: Locals = [:]

  var bindings: Bindings { session.bindings }

  /// - Throws: what keeps an expression from having a value, after the steps so far were written.
  func explain(_ expression: Expression) throws {
    switch expression.form {
    case .reference(let path): return try write(object(path, expression))
    case .variable(let name):
      let binding = try bindings.variable(name, at: expression.span, from: scope.place)
      return write(binding: binding)
    case .name(let name): if try explain(name: name) { return }
    case .attribute, .index:
      if let path = expression.literalPath, let rows = try declaration(path) { return write(rows) }
    case .string(let text, .plain) where text.hasPrefix("#") || text.hasPrefix("$"):
      return try explain(configText: String(text.dropFirst()), in: expression)
    default: break
    }
    try EvaluationSteps(explainer: self).write(expression)
  }

  func write(_ explanation: Explanation) {
    session.output.write(explanation.text, to: .result)
  }

  // MARK: What is meant

  private func explain(name: String) throws -> Bool {
    if let binding = bindings.lookup(name, from: scope.place) {
      write(binding: binding)
    } else if let section = Section(rawValue: name), section != .top {
      session.output.show(session.table(of: section), as: .display)
    } else if let builtin = session.action(name) ?? Builtins.named(name) {
      session.output.write("\(builtin.signature)\n  \(builtin.help)", to: .result)
    } else if let type = session.catalog[name] {
      session.output.write(ComponentHelp(declaration: type.declaration).text(), to: .result)
    } else {
      return false
    }
    return true
  }

  private func write(binding: Binding) {
    var explanation = Explanation()
    if binding.expression.holdsComponents, binding.held == nil {
      add(binding.node, binding.expression, to: &explanation)
    } else {
      add(binding, depth: 0, to: &explanation, seen: [])
      addReaders(of: binding, to: &explanation)
    }
    write(explanation)
  }

  /// `"#@model.parameters()"`: the expression a config means by it.
  private func explain(configText text: String, in whole: Expression) throws {
    let source = session.sources.add(name: "the text after #", text: text)
    let inner = try Parser.expression(
      text, at: TextOrigin(source), in: session.sources, names: session.names)
    try EvaluationSteps(explainer: self).write(inner)
  }

  private func object(_ path: Path, _ expression: Expression) throws -> Explanation {
    var explanation = Explanation()
    do throws(Fault) {
      switch try bindings.resolve(path, from: scope.place, at: expression.span) {
      case .configuration:
        explanation.add(0, "@conf", "the config of this session", "save(\"config.json\")")
      case .object(let node, let rest):
        guard rest.isEmpty, let binding = bindings[node.section, node.name] else {
          throw Fault(.unsupported, "a part of an object")
        }
        if binding.held != nil || !binding.expression.holdsComponents {
          add(binding, depth: 0, to: &explanation, seen: [])
        } else {
          add(node, binding.expression, to: &explanation)
        }
      }
    } catch {
      guard error.kind == .state, let rows = try declaration(path) else { throw error }
      return rows
    }
    return explanation
  }

  /// `train.optimizer`, `train.optimizer.lr`: what is written there, disabled or not.
  private func declaration(_ path: Path) throws -> Explanation? {
    guard case .name(let first)? = path.steps.first else { return nil }
    let isSection = Section(rawValue: first).map { $0 != .top } ?? false
    guard isSection || bindings.lookup(first, from: scope.place)?.expression.component != nil
    else { return nil }
    let target = try bindings.target(of: path, from: scope.place)
    let written = try bindings.expression(at: path, from: scope.place)
    var explanation = Explanation()
    let node = Node(target.node.section, Path(target.node.path.steps + target.steps))
    if written.holdsComponents {
      add(node, written, to: &explanation)
    } else {
      add(argument: "\(path)", written, at: target.node, depth: 0, to: &explanation)
    }
    return explanation
  }
}
