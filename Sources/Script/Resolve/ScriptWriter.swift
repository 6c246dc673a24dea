import Components

/// Writes bindings as a script that makes them again, line by line: variables and functions, each
/// after what it reads, then `train:` and `validate:`.
///
/// A script has no environment.json beside it, so it holds those values as lines of its own.
public struct ScriptWriter {
  private let bindings: Bindings
  private let printer: Printer
  /// Names at the top that may be written and are not values of the language alone.
  private let isTaken: (String) -> Bool
  private var lines = ""
  private var done: Set<String> = []
  /// What a script cannot say and is left out.
  public private(set) var notes: [Finding] = []

  /// - Parameter isTaken: names that cannot be assigned, such as those of actions.
  public static func script(
    _ bindings: Bindings, printer: Printer, isTaken: (String) -> Bool
  ) -> (text: String, notes: [Finding]) {
    withoutActuallyEscaping(isTaken) { isTaken in
      var writer = ScriptWriter(bindings: bindings, printer: printer, isTaken: isTaken)
      writer.write()
      return (writer.lines, writer.notes)
    }
  }

  private init(
    bindings: Bindings, printer: Printer, isTaken: @escaping (String) -> Bool
  ) {
    (self.bindings, self.printer, self.isTaken) = (bindings, printer, isTaken)
  }

  private mutating func write() {
    let names = bindings.names(in: .top).filter { $0 != "_" }
    for name in names where !readsObjects(name) { write(name) }
    for section in [Section.train, .validate] { write(section) }
    // What reads objects of the sections comes after them.
    let rest = names.filter { !done.contains($0) && !SectionElement.all.contains($0) }
    if !rest.isEmpty, !lines.isEmpty { lines += "\n" }
    for name in rest { write(name) }
  }

  private mutating func write(_ section: Section) {
    var members = bindings.bindings(in: section)
    if section == .train {
      // A bare name of an element belongs to train; from validate it is found there all the same.
      members += bindings.bindings(in: .top).filter {
        SectionElement.all.contains($0.name) && bindings[.train, $0.name] == nil
      }
    }
    if members.isEmpty { return }
    lines += (lines.isEmpty ? "" : "\n") + "\(section.rawValue):\n"
    for member in members { lines += line(member, indent: 4) }
  }

  private func line(_ binding: Binding, indent: Int) -> String {
    let left = "\(binding.name) = "
    return String(repeating: " ", count: indent) + left
      + printer.layout(written(binding), indent: indent, column: indent + left.count) + "\n"
  }

  private mutating func write(_ name: String) {
    guard let binding = bindings[.top, name], !SectionElement.all.contains(name),
      done.insert(name).inserted
    else { return }
    for read in reads(of: binding) { write(read) }
    if let definition = binding.held?.definition {
      lines += text(of: definition)
    } else if isKept(binding) {
      leaveOut(binding, "no line makes \(name) again; it is left out")
    } else if !name.isIdentifier || isTaken(name) || SectionElement.sections.contains(name) {
      leaveOut(binding, "\(name.quoted) cannot stand on the left of =; it is left out")
    } else {
      lines += line(binding, indent: 0)
    }
  }

  private mutating func leaveOut(_ binding: Binding, _ message: String) {
    notes.append(
      .note(
        Fault(
          .unsupported, message, place: bindings.sources.place(binding.provenance.span),
          path: binding.node.configPath)))
  }

  /// As it was written, with its comments, if it stood at the margin.
  private func text(of definition: Statement) -> String {
    let span = definition.span
    let source = Array(bindings.sources[span.source].text.utf8)
    let isWhole = span.start < span.end && span.end <= source.count
    guard isWhole, span.start == 0 || source[span.start - 1] == UInt8(ascii: "\n") else {
      return printer.text(definition)
    }
    let written = String(decoding: source[span.start..<span.end], as: UTF8.self)
    return written.hasSuffix("\n") ? written : written + "\n"
  }

  /// Whether nothing that can be written gives the value again.
  private func isKept(_ binding: Binding) -> Bool {
    binding.held.map { Expression(value: $0.value, binding.expression.span) == nil } ?? false
  }

  /// What the line of a binding says.
  private func trees(of binding: Binding) -> [Expression] {
    if let definition = binding.held?.definition { return definition.allExpressions }
    return [written(binding)]
  }

  /// What an action gave is written as its value.
  private func written(_ binding: Binding) -> Expression {
    binding.held.flatMap { Expression(value: $0.value, binding.expression.span) }
      ?? binding.expression
  }

  /// The names at the top that a binding reads.
  private func reads(of binding: Binding) -> [String] {
    trees(of: binding).flatMap(\.namesRead).filter {
      bindings[.top, $0] != nil && $0 != binding.name
    }
  }

  private func readsObjects(_ name: String) -> Bool {
    var pending = [name]
    var seen: Set<String> = []
    while let name = pending.popLast() {
      guard seen.insert(name).inserted, let binding = bindings[.top, name] else { continue }
      if trees(of: binding).contains(where: \.readsObjects) { return true }
      pending += reads(of: binding)
    }
    return false
  }
}

extension Statement {
  /// Every expression of the statement and of its blocks.
  fileprivate var allExpressions: [Expression] {
    expressions + bodies.flatMap { $0 }.flatMap(\.allExpressions)
  }
}

extension Expression {
  /// `name`, `<name>` and names inside texts, whatever binds them.
  fileprivate var namesRead: [String] {
    switch form {
    case .name(let name), .variable(let name): [name]
    case .template(let parts):
      parts.compactMap { if case .variable(let name) = $0 { name } else { nil } }
    default: children.flatMap(\.namesRead)
    }
  }

  /// Reads `@x`, or a declaration such as `train.optimizer`.
  fileprivate var readsObjects: Bool {
    switch form {
    case .reference: true
    case .name(let name):
      SectionElement.sections.contains(name) || SectionElement.all.contains(name)
    default: children.contains { $0.readsObjects }
    }
  }
}
