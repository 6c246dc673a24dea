import Components
import Engine
import Script

/// `undo()`: back over the last statement that changed a binding.
///
/// Bindings and kept values go back. Objects that a change of the network replaced come back as they
/// were, with what they had learned; everything else is rebuilt from the old text on its next use and
/// goes on with what has been learned since, because a training is not undone.
extension EtudeSession {
  func undo() throws {
    guard let (step, previous, undone) = takeStep() else {
      throw Fault(
        .state, "there is nothing to undo",
        notes: ["undo() takes back lines that bind or delete a name, and load()"])
    }
    let back = workbench.goBack(over: step.number, to: previous)
    let changes =
      step.isLoad ? ["the session before it is back"] : changes(from: undone, to: bindings)
    var line = "undid \(Self.shortened(sources[step.span.source].text(step.span)))"
    if !changes.isEmpty { line += ": " + Self.joined(changes) }
    let names = back.filter { $0.node.isBinding && Self.hasLearned($0.value) }
      .map(\.node.shortName).sorted()
    if !names.isEmpty { line += "; \(names.joined(separator: ", ")) as before it" }
    note(line)
  }

  private func changes(from new: Bindings, to old: Bindings) -> [String] {
    var lines: [String] = []
    for section in Section.allCases {
      let gone = new.names(in: section).filter { old[section, $0] == nil }
      lines += gone.map { "\(Node(section, $0).shortName) is gone" }
      for binding in old.bindings(in: section) where binding.name != "_" {
        guard let later = new[section, binding.name] else {
          lines.append("\(binding.node.shortName) is back")
          continue
        }
        if let change = change(from: later, to: binding) { lines.append(change) }
      }
    }
    return lines
  }

  private func change(from new: Binding, to old: Binding) -> String? {
    let name = old.node.shortName
    if let held = old.held {
      if let later = new.held, later.value.isSame(as: held.value) { return nil }
      return "\(name) is \(held.value.shortened) again"
    }
    let text = printer.text(old.expression)
    if text == printer.text(new.expression) { return nil }
    guard old.expression.holdsComponents else { return "\(name) is \(Self.shortened(text)) again" }
    let lines = ExpressionChanges(from: new.expression, to: old.expression, printer: printer).lines
    return "\(name) (\(Self.joined(lines)))"
  }

  /// Whether an object holds training state.
  private static func hasLearned(_ value: Value) -> Bool {
    guard case .object(let object) = value else { return false }
    return object is any Network || object is any Optimizer || object is SupervisedTrainer
  }

  private static func joined(_ lines: [String]) -> String {
    let shown = lines.prefix(3).joined(separator: ", ")
    return lines.count > 3 ? "\(shown), and \(lines.count - 3) more" : shown
  }

  private static func shortened(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count < text.count || line.count > 48 ? line.prefix(45) + "..." : String(line)
  }
}
