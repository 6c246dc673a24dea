import Components
import Engine
import Script

/// The one line about what a change rebuilt:
/// `rebuilt optimizer (learning_rate 0.0002 → 0.001, moments kept), trainer (epoch 12 of 1260); model kept`.
struct RebuildReport {
  /// Nil when nothing was rebuilt that has a name; what is built for the first time says nothing.
  let line: String?
  /// More than so many changes of one object are not listed.
  private static let mostChanges = 3

  init(
    _ all: [Workbench.Rebuilt], by workbench: Workbench, in bindings: Bindings, _ printer: Printer
  ) {
    var parts: [String] = []
    var shown: [Node] = []
    var hasNewNetwork = false
    for entry in all where entry.node.isBinding && entry.new.expression.holdsComponents {
      guard entry.old != nil else { continue }
      let changes = Self.changes(of: entry.node, among: all, printer)
      // Lists of handlers and metrics follow what they hold; they are worth a word of their own
      // only when they were changed.
      if case .object = entry.new.value {} else if changes.isEmpty { continue }
      let words = changes + [entry.succession.words].compactMap { $0 }
      parts.append(
        entry.node.shortName + (words.isEmpty ? "" : " (\(words.joined(separator: ", ")))"))
      shown.append(entry.node)
      if case .object(is any Network) = entry.new.value, entry.succession.isNewLine {
        hasNewNetwork = true
      }
    }
    guard !parts.isEmpty else {
      line = nil
      return
    }
    let kept = Self.kept(by: shown, all, workbench, bindings)
    line =
      "rebuilt " + parts.joined(separator: ", ")
      + (kept.isEmpty ? "" : "; \(kept.joined(separator: ", ")) kept")
      + (hasNewNetwork ? "; undo() brings the old weights back" : "")
  }

  /// What is another value or another text now, of a binding and of the components inside it.
  private static func changes(
    of binding: Node, among all: [Workbench.Rebuilt], _ printer: Printer
  ) -> [String] {
    var lines: [String] = []
    for entry in all where entry.node.binding == binding {
      guard let old = entry.old else { continue }
      for (before, now) in zip(old.inputs, entry.new.inputs)
      where before.node == now.node && !before.value.isSame(as: now.value) {
        guard let old = before.value.plainText, let new = now.value.plainText,
          !binding.contains(now.node)
        else { continue }
        lines.append(ExpressionChanges.line(now.node.name, old, new))
      }
      if entry.node == binding, old.text != entry.new.text {
        lines +=
          ExpressionChanges(from: old.expression, to: entry.new.expression, printer: printer).lines
      }
    }
    var unique: [String] = []
    for line in lines where !unique.contains(line) { unique.append(line) }
    if unique.count <= mostChanges { return unique }
    return unique.prefix(mostChanges) + ["\(unique.count - mostChanges) more"]
  }

  /// Networks and optimizers that what was rebuilt goes on with.
  private static func kept(
    by shown: [Node], _ all: [Workbench.Rebuilt], _ workbench: Workbench, _ bindings: Bindings
  ) -> [String] {
    // An order that cannot be made has been an error before.
    guard let order = try? bindings.buildOrder(for: shown) else { return [] }
    let rebuilt = Set(all.map(\.node))
    return order.compactMap { node in
      guard node.isBinding, !rebuilt.contains(node), let built = workbench.built(node),
        built.expression.holdsComponents, case .object(let object) = built.value,
        object is any Network || object is any Optimizer
      else { return nil }
      return node.shortName
    }
  }
}

extension Node {
  /// As it is typed where a bare name means it: `optimizer`, else `validate.dataset`.
  var shortName: String {
    isBinding && section == Section.home(of: name) ? name : description
  }
}

extension Value {
  /// Short text of a plain value; nil for live objects and functions.
  fileprivate var plainText: String? {
    switch self {
    case .object, .function: nil
    case .list(let items), .tuple(let items):
      items.allSatisfy { $0.plainText != nil } ? shortened : nil
    case .dict(let entries): entries.allSatisfy { $0.value.plainText != nil } ? shortened : nil
    default: shortened
    }
  }
}
