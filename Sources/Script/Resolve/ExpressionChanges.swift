import Components

/// What differs between two trees, as a reader would say it: `lr 0.001 → 0.0005`,
/// `RandFlipd.prob 0.1 → 0.5`, `+EarlyStopHandler`.
public struct ExpressionChanges {
  public private(set) var lines: [String] = []
  private let printer: Printer
  /// Longer texts are not repeated.
  private static let longest = 24

  public init(from old: Expression, to new: Expression, label: String = "", printer: Printer) {
    self.printer = printer
    compare(old, new, label)
  }

  private mutating func compare(_ old: Expression?, _ new: Expression?, _ label: String) {
    let (before, after) = (old.map(printer.text), new.map(printer.text))
    guard before != after else { return }
    switch (old?.form, new?.form) {
    case (.component(let old)?, .component(let new)?):
      guard old.targetText == new.targetText else {
        return lines.append(Self.line(label, old.targetText, new.targetText))
      }
      compare(Self.parts(old), Self.parts(new), label)
    case (.list(let old)?, .list(let new)?): compare(old, new, label)
    case (.dict(let old)?, .dict(let new)?):
      compare(Self.parts(old), Self.parts(new), label)
    default: lines.append(Self.line(label, before ?? "default", after ?? "default"))
    }
  }

  private mutating func compare(
    _ old: [(name: String, value: Expression)], _ new: [(name: String, value: Expression)],
    _ label: String
  ) {
    let added = new.filter { entry in !old.contains { $0.name == entry.name } }
    for (name, value) in old {
      compare(value, new.last { $0.name == name }?.value, Self.joined(label, name))
    }
    for (name, value) in added { compare(nil, value, Self.joined(label, name)) }
  }

  /// Entries of equal number are compared one by one, others by their text.
  private mutating func compare(_ old: [Expression], _ new: [Expression], _ label: String) {
    if !(old + new).contains(where: { $0.component != nil }) {
      return lines.append(Self.line(label, text(old), text(new)))
    }
    if old.count == new.count {
      for (old, new) in zip(old, new) {
        let name = old.component.map(\.targetText) ?? "entry"
        compare(old, new, old.component?.targetText == new.component?.targetText ? name : label)
      }
      return
    }
    var left = old.map(printer.text)
    var added: [Expression] = []
    for entry in new {
      if let index = left.firstIndex(of: printer.text(entry)) {
        left.remove(at: index)
      } else {
        added.append(entry)
      }
    }
    let removed = old.filter { left.contains(printer.text($0)) }
    lines += removed.map { "-" + title($0) } + added.map { "+" + title($0) }
  }

  private func text(_ items: [Expression]) -> String {
    "[" + items.map { printer.text($0) }.joined(separator: ", ") + "]"
  }

  private func title(_ expression: Expression) -> String {
    expression.component?.targetText ?? printer.text(expression)
  }

  private static func parts(
    _ component: ComponentExpression
  ) -> [(name: String, value: Expression)] {
    (component.arguments + component.attributes).map { ($0.name, $0.value) }
  }

  private static func parts(_ entries: [DictEntry]) -> [(name: String, value: Expression)] {
    entries.compactMap { entry in entry.keyText.map { ($0, entry.value) } }
  }

  private static func joined(_ label: String, _ name: String) -> String {
    label.isEmpty ? name : "\(label).\(name)"
  }

  /// `lr 0.001 → 0.0005`
  public static func line(_ label: String, _ old: String, _ new: String) -> String {
    let lead = label.isEmpty ? "" : label + " "
    if old.count > longest || new.count > longest { return lead + "changed" }
    return "\(lead)\(old) → \(new)"
  }
}
